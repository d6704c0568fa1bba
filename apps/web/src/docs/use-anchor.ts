/**
 * The part of a page that its address names.
 * @module
 */
import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'

/** Brings it into sight, when the page opens and whenever the address changes. @returns its id, or `''` */
export function useAnchor(): string {
  const id = useLocation({ select: ({ hash }) => decoded(hash) })
  useEffect(() => {
    if (id) document.getElementById(id)?.scrollIntoView()
  }, [id])
  return id
}

function decoded(hash: string): string {
  try {
    return decodeURIComponent(hash)
  } catch {
    return hash
  }
}
