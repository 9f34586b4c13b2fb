/**
 * What a point of a solid looks like before light falls on it, and the shape every part of a
 * figure has for the renderer.
 */
import type { Vec } from './space.ts';

/** Linear colour and how it answers to light; one object is filled again for every pixel. */
export type Surface = {
  red: number;
  green: number;
  blue: number;
  /** Strength and sharpness of the highlight. */
  gloss: number;
  shine: number;
  /** 0..1: light bleeds into the shadow side in red, as in skin. */
  skin: number;
  /** 0..1: fuzz that catches light at grazing angles, as on wool. */
  sheen: number;
  /** Own light, for the sparkle in an eye. */
  glow: number;
};

/** One solid of the figure with a ball around it, so that far rays need not ask it. */
export type Part = {
  name: string;
  centre: Vec;
  radius: number;
  /** Signed distance in metres at a world point; may be under the truth, never far over it. */
  distance: (x: number, y: number, z: number) => number;
  /** Small relief in metres that bends the normal only. */
  relief?: (x: number, y: number, z: number) => number;
  paint: (x: number, y: number, z: number, surface: Surface) => void;
};

export type Colour = readonly [number, number, number];

/** Linear colour of an sRGB one given as 0xRRGGBB. */
export function linearColour(rgb: number): Colour {
  const channel = (value: number): number => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel((rgb >> 16) & 255), channel((rgb >> 8) & 255), channel(rgb & 255)];
}

export function makeSurface(): Surface {
  return { red: 0, green: 0, blue: 0, gloss: 0, shine: 20, skin: 0, sheen: 0, glow: 0 };
}

/** Lays the colour over what is there, `amount` from 0 (not at all) to 1 (wholly). */
export function coat(surface: Surface, colour: Colour, amount: number): void {
  surface.red += (colour[0] - surface.red) * amount;
  surface.green += (colour[1] - surface.green) * amount;
  surface.blue += (colour[2] - surface.blue) * amount;
}

export function tone(surface: Surface, by: number): void {
  surface.red *= by;
  surface.green *= by;
  surface.blue *= by;
}

/** Begins a matt cloth. */
export function setCloth(surface: Surface, colour: Colour, sheen: number): void {
  coat(surface, colour, 1);
  surface.gloss = 0.04;
  surface.shine = 8;
  surface.skin = 0;
  surface.sheen = sheen;
  surface.glow = 0;
}

export function setSkin(surface: Surface, colour: Colour): void {
  coat(surface, colour, 1);
  surface.gloss = 0.1;
  surface.shine = 15;
  surface.skin = 1;
  surface.sheen = 0.12;
  surface.glow = 0;
}

export function setPolished(surface: Surface, colour: Colour, gloss: number, shine: number): void {
  coat(surface, colour, 1);
  surface.gloss = gloss;
  surface.shine = shine;
  surface.skin = 0;
  surface.sheen = 0;
  surface.glow = 0;
}
