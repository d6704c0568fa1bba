/** Two threads woven through two: the mark of Weft. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" className="size-6" aria-hidden="true">
      <path className="fill-ink" d="M7 2h5v6H7zM7 15h5v15H7zM20 2h5v15h-5zM20 24h5v6h-5z" />
      <path className="fill-madder" d="M2 9h17v5H2zM26 9h4v5h-4zM2 18h4v5H2zM13 18h17v5H13z" />
    </svg>
  )
}
