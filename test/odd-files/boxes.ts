/** Takes MP4 and MOV files apart into boxes and puts them together again, changed. */

export type BoxNode = { type: string; payload: Buffer; children: BoxNode[] | null };

/** The boxes on the way to what tests change; their content is boxes only. */
const CONTAINERS = new Set(['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'mvex', 'udta']);
const HEADER_BYTES = 8;

export function parseBoxes(bytes: Buffer): BoxNode[] {
  const nodes: BoxNode[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1;
    const size = isLong ? Number(bytes.readBigUInt64BE(at + HEADER_BYTES)) : short;
    const end = short === 0 ? bytes.length : at + size;
    const type = bytes.toString('latin1', at + 4, at + HEADER_BYTES);
    const payload = bytes.subarray(at + (isLong ? 2 * HEADER_BYTES : HEADER_BYTES), end);
    nodes.push({ type, payload, children: CONTAINERS.has(type) ? parseBoxes(payload) : null });
    if (end <= at) break;
    at = end;
  }
  return nodes;
}

export function writeBoxes(nodes: readonly BoxNode[]): Buffer {
  return Buffer.concat(
    nodes.map(({ type, payload, children }) =>
      makeBox(type, children ? writeBoxes(children) : payload),
    ),
  );
}

function makeBox(type: string, payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(HEADER_BYTES + payload.length, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, payload]);
}

export function makeNode(type: string, payload: Buffer): BoxNode {
  return { type, payload, children: null };
}

/** All boxes at a path such as `moov/trak/mdia`, of every track. */
export function findBoxes(nodes: readonly BoxNode[], path: string): BoxNode[] {
  const [first = '', ...rest] = path.split('/');
  const found = nodes.filter(({ type }) => type === first);
  if (rest.length === 0) return found;
  return found.flatMap(({ children }) => findBoxes(children ?? [], rest.join('/')));
}

export function findOne(nodes: readonly BoxNode[], path: string): BoxNode {
  const [found] = findBoxes(nodes, path);
  if (found === undefined) throw new Error(`the file has no ${path}`);
  return found;
}

/** An edit list of version 0; times in units of the movie and of the track. */
export function makeEditList(
  edits: readonly { duration: number; mediaTime: number; rate?: number }[],
): BoxNode {
  const payload = Buffer.alloc(8 + edits.length * 12);
  payload.writeUInt32BE(edits.length, 4);
  edits.forEach(({ duration, mediaTime, rate = 1 }, index) => {
    const at = 8 + index * 12;
    payload.writeUInt32BE(duration, at);
    payload.writeInt32BE(mediaTime, at + 4);
    payload.writeInt32BE(rate * 65_536, at + 8);
  });
  const list = makeNode('elst', payload);
  return { type: 'edts', payload: Buffer.alloc(0), children: [list] };
}

/** Units a second of the movie, and of its first track. */
export function readTimescales(nodes: readonly BoxNode[]): { movie: number; track: number } {
  const read = ({ payload }: BoxNode) => payload.readUInt32BE(payload[0] === 1 ? 20 : 12);
  return {
    movie: read(findOne(nodes, 'moov/mvhd')),
    track: read(findOne(nodes, 'moov/trak/mdia/mdhd')),
  };
}
