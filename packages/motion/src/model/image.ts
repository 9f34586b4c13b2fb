/** Pixels as the stages pass them to each other. */

/** A colour picture: row-major RGBA, 4 bytes a pixel, straight (not premultiplied) alpha. */
export type RgbaImage = { width: number; height: number; data: Uint8Array };

/** One channel of a picture: row-major, values 0..1 unless the producer says otherwise. */
export type Plane = { width: number; height: number; data: Float32Array };
