import { Link } from '@tanstack/react-router'

export function NotFoundPage() {
  return (
    <main className="mx-auto grid max-w-[66ch] content-center gap-4 p-6">
      <h1 className="text-2xl font-semibold">There is no such page</h1>
      <p>
        <Link to="/" className="text-indigo underline underline-offset-2">
          Go to the Playground
        </Link>
      </p>
    </main>
  )
}
