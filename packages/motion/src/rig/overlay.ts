/**
 * A picture of the rig for people to look at: parts tinted, mesh lines, skeleton and names of
 * joints.
 */

import {
  BONES,
  type Character,
  INFLUENCES_MAX,
  JOINTS,
  type Joint,
  type Layer,
  LIMB_BONES,
} from '../model/character.ts';
import { jointAt } from '../model/joints.ts';

const TORSO_COLOUR = '#5566ff';
const COLOURS: Record<string, string> = {
  torso: TORSO_COLOUR,
  head: '#ffc800',
  ground: '#888888',
  leftUpperArm: '#ff2020',
  leftForearm: '#ff7070',
  leftHand: '#ffb0b0',
  rightUpperArm: '#00a000',
  rightForearm: '#50d050',
  rightHand: '#a8f0a8',
  leftThigh: '#d000d0',
  leftShin: '#f060f0',
  leftFoot: '#ffb0ff',
  rightThigh: '#009c9c',
  rightShin: '#30d8d8',
  rightFoot: '#b0ffff',
};

/** An SVG of the size of the picture, transparent where nothing is drawn. */
export function drawOverlay(character: Character): string {
  const { width, height } = character;
  const line = Math.max(1.5, Math.min(width, height) / 300);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    ...character.layers.map(drawMesh),
    ...drawBones(character, line),
    ...JOINTS.map((joint) => drawJoint(character, joint, line)),
    '</svg>',
  ].join('\n');
}

/** Triangles of one colour become one path, which keeps the file small. */
function drawMesh({ mesh }: Layer): string {
  const paths = new Map<string, string[]>();
  for (let i = 0; i < mesh.triangles.length; i += 3) {
    const corners = Array.from(mesh.triangles.subarray(i, i + 3), (vertex) => {
      const x = mesh.positions[vertex * 2]!.toFixed(1);
      return `${x} ${mesh.positions[vertex * 2 + 1]!.toFixed(1)}`;
    });
    const bone = BONES[mesh.boneIndices[mesh.triangles[i]! * INFLUENCES_MAX]!]!;
    const colour = COLOURS[bone] ?? TORSO_COLOUR;
    const path = paths.get(colour) ?? [];
    path.push(`M${corners.join('L')}Z`);
    paths.set(colour, path);
  }
  return Array.from(paths, ([colour, path]) => {
    const style = 'fill-opacity="0.33" stroke-opacity="0.45" stroke-width="0.5"';
    return `<path d="${path.join('')}" fill="${colour}" stroke="${colour}" ${style}/>`;
  }).join('\n');
}

function drawBones({ joints }: Character, line: number): string[] {
  const spine: [Joint, Joint][] = [
    ['pelvis', 'neck'],
    ['neck', 'head'],
    ['leftShoulder', 'rightShoulder'],
    ['leftHip', 'rightHip'],
  ];
  return [...spine, ...Object.values(LIMB_BONES)].map(([first, second]) => {
    const a = jointAt(joints, first);
    const b = jointAt(joints, second);
    const ends = `x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}"`;
    return `<line ${ends} stroke="white" stroke-width="${line}" stroke-linecap="round"/>`;
  });
}

function drawJoint({ joints }: Character, joint: Joint, line: number): string {
  const { x, y } = jointAt(joints, joint);
  const size = line * 4;
  const style = `font-family="sans-serif" font-size="${size}" fill="white" stroke="black" stroke-width="${size / 5}"`;
  return [
    `<circle cx="${x}" cy="${y}" r="${line * 1.4}" fill="black" stroke="white" stroke-width="${line / 2}"/>`,
    `<text x="${x + line * 2}" y="${y}" paint-order="stroke" ${style}>${joint}</text>`,
  ].join('');
}
