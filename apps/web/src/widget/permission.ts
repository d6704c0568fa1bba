/**
 * What a visitor has allowed a page, kept by its origin. Browsers keep a frame's storage apart for each site that
 * it is in: what was allowed on one is unknown on every other, and so is this frame's key.
 * @module
 */
import { z } from 'zod'

const permissionSchema = z.strictObject({
  /** Who computes: other people's tabs, or this device alone. */
  compute: z.enum(['network', 'device']),
  /** What answers: another model is asked for anew. */
  modelCid: z.string(),
  allowedAtMs: z.number(),
})
export type Permission = z.output<typeof permissionSchema>

const nameOf = (origin: string): string => `weft.allowed.${origin}`

export function readPermission(origin: string): Permission | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(origin)) ?? 'null')
    return permissionSchema.safeParse(kept).data ?? null
  } catch {
    return null
  }
}

/** Without storage it lasts as long as the frame. */
export function writePermission(origin: string, permission: Permission | null): void {
  try {
    if (permission) localStorage.setItem(nameOf(origin), JSON.stringify(permission))
    else localStorage.removeItem(nameOf(origin))
  } catch {
    // The visitor is asked again at the next visit.
  }
}
