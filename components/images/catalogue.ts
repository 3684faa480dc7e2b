/**
 * Every image the platform runs, named once. A stack file overrides registry, tag or digest of one or of all of them
 * (`mes:images`); nothing else in the program names an image.
 */
export interface ImageDefault {
  readonly repository: string;
  readonly tag: string;
}

export const CATALOGUE = {
  /** The one image of the MES; a factory names its own in the stack file. */
  mes: { repository: "registry.example.com/mes/mes", tag: "2.14.0" },
} as const satisfies Record<string, ImageDefault>;

export type ImageName = keyof typeof CATALOGUE;
