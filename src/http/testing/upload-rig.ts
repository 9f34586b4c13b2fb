/** A listening application and small files, for tests that send bodies piece by piece. */

import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createHttpRig } from './http-rig.ts';

export type UploadRig = Awaited<ReturnType<typeof createUploadRig>>;

export async function createUploadRig() {
  const rig = await createHttpRig();
  await rig.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = rig.app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/uploads`;
  const authorization = `Bearer ${rig.key}`;

  return {
    ...rig,
    url,
    port,
    async send(body: BodyInit, headers: Record<string, string> = {}) {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization, ...headers },
        body,
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      } as RequestInit);
      return { status: answer.status, headers: answer.headers, json: await answer.json() };
    },
    /** Everything that is left of uploads: rows, files under way, blobs. */
    async listRemains() {
      const rows = await rig.db.kysely.selectFrom('upload').select(['id', 'state']).execute();
      const files = await readdir(rig.workDir);
      const stored = await readdir(join(rig.folder, 'storage', 'blobs', 'uploads')).catch(() => []);
      const drafts = await readdir(join(rig.folder, 'storage', 'incoming'));
      return { rows: rows.map(({ id, state }) => `${id} ${state}`), files, stored, drafts };
    },
  };
}

export const NOTHING = { rows: [], files: [], stored: [], drafts: [] };

const PNG_HEAD = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MP4_HEAD = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1');

/** Bytes that begin like a PNG file; an upload is not decoded. */
export function makePng(sizeBytes: number): Buffer<ArrayBuffer> {
  return Buffer.concat([PNG_HEAD, randomBytes(sizeBytes - PNG_HEAD.length)]);
}

export function makeMp4(sizeBytes: number): Buffer<ArrayBuffer> {
  return Buffer.concat([MP4_HEAD, randomBytes(sizeBytes - MP4_HEAD.length)]);
}
