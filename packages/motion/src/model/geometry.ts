/** Plane geometry shared by all stages. Coordinates are pixels, x to the right, y down. */

export type Point = { x: number; y: number };

/** An axis-aligned box in pixels; `x`, `y` is the upper left corner. */
export type Box = { x: number; y: number; width: number; height: number };
