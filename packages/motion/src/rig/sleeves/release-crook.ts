/**
 * The crook of a bent arm is in the shade: what is dark there, away from both bones, is the trunk
 * behind it, and would stick out of the elbow when the arm bends the other way.
 */

import type { Limb } from '../../model/character.ts';
import { jointAt } from '../../model/joints.ts';
import { median } from '../../model/percentile.ts';
import type { Figure } from '../segment/figure.ts';
import { PART, sideOf } from '../segment/parts.ts';

/** An elbow is bent from this sine on. */
const BEND_MIN = 0.5;
/** The crook begins this share of the forearm's length beside it, and ends before the wrist. */
const CROOK_BESIDE = 0.4;
const CROOK_END = 0.85;
/** It is darker than this part of the sleeve's usual light. */
const DARK_SHARE = 0.6;

/** Gives the dark crook of an arm to the trunk. */
export function releaseCrook(
  { rgb: { width, channels }, joints }: Figure,
  labels: Int8Array,
  limb: Limb,
): void {
  const side = sideOf(limb);
  const shoulder = jointAt(joints, `${side}Shoulder`);
  const elbow = jointAt(joints, `${side}Elbow`);
  const wrist = jointAt(joints, `${side}Wrist`);
  const upper = Math.hypot(elbow.x - shoulder.x, elbow.y - shoulder.y) || 1;
  const length = Math.hypot(wrist.x - elbow.x, wrist.y - elbow.y) || 1;
  const [alongX, alongY] = [(wrist.x - elbow.x) / length, (wrist.y - elbow.y) / length];
  const [backX, backY] = [(shoulder.x - elbow.x) / upper, (shoulder.y - elbow.y) / upper];
  // Positive when the shoulder is clockwise of the forearm, where the crook is then.
  const bend = alongX * backY - alongY * backX;
  if (Math.abs(bend) < BEND_MIN) return;
  const lightAt = (i: number): number =>
    (channels[0][i]! + 2 * channels[1][i]! + channels[2][i]!) / 4;
  const arm: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === PART[limb]) arm.push(i);
  const dark = DARK_SHARE * median(arm.map(lightAt));
  for (const i of arm) {
    const x = i % width;
    const [dx, dy] = [x - elbow.x, (i - x) / width - elbow.y];
    const along = alongX * dx + alongY * dy;
    const beside = (alongX * dy - alongY * dx) * Math.sign(bend);
    const isCrook = along > 0 && along < CROOK_END * length && beside > CROOK_BESIDE * length;
    const fromUpper = Math.abs(backX * dy - backY * dx);
    if (isCrook && fromUpper > CROOK_BESIDE * length && lightAt(i) < dark) labels[i] = PART.torso;
  }
}
