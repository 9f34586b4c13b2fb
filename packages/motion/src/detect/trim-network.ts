/**
 * Takes the operations out of a tflite network that only serve outputs nobody reads; what is left
 * computes exactly what it did before.
 */

/**
 * Fields of the tables of the TensorFlow Lite schema (tensorflow/lite/schema/schema.fbs), which is
 * stored as FlatBuffers: a table begins with the way back to the list of its fields, all numbers
 * are little-endian, and offsets count from where they are stored.
 */
const MODEL_SUBGRAPHS = 2;
const SUBGRAPH_OUTPUTS = 2;
const SUBGRAPH_OPERATORS = 3;
const OPERATOR_INPUTS = 1;
const OPERATOR_OUTPUTS = 2;

/** A vector of four-byte entries: where its length is stored, and that length. */
type Vector = { at: number; length: number };

/**
 * Keeps the outputs of the first graph at the places `kept` (ascending), and what they need.
 *
 * @param bytes the content of a .tflite file; not changed
 * @throws RangeError when an output is asked for that the network does not have
 */
export function trimNetwork(bytes: Uint8Array, kept: readonly number[]): Uint8Array {
  // The slice of a Buffer would share its memory.
  const trimmed = Uint8Array.from(bytes);
  const view = new DataView(trimmed.buffer, trimmed.byteOffset, trimmed.byteLength);
  const graphs = readVector(view, follow(view, 0), MODEL_SUBGRAPHS);
  const graph = follow(view, entryAt(graphs, 0));
  const outputs = readVector(view, graph, SUBGRAPH_OUTPUTS);
  const tensors = readIntegers(view, outputs);
  const wanted = kept.map((place) => {
    const tensor = tensors[place];
    if (tensor === undefined) throw new RangeError(`The network has no output ${place}.`);
    return tensor;
  });
  const operators = readVector(view, graph, SUBGRAPH_OPERATORS);
  const targets = Array.from({ length: operators.length }, (_, i) =>
    follow(view, entryAt(operators, i)),
  );
  const needed = findNeeded(view, targets, wanted);
  for (const [i, tensor] of wanted.entries()) view.setInt32(entryAt(outputs, i), tensor, true);
  view.setUint32(outputs.at, wanted.length, true);
  for (const [i, target] of needed.entries()) {
    view.setUint32(entryAt(operators, i), target - entryAt(operators, i), true);
  }
  view.setUint32(operators.at, needed.length, true);
  return trimmed;
}

/** The operations, in their order, without which a wanted tensor would not be computed. */
function findNeeded(view: DataView, operators: number[], wanted: number[]): number[] {
  const tensors = new Set(wanted);
  const needed: number[] = [];
  // They are stored in the order in which they run, so those who need come after those needed.
  for (const operator of operators.toReversed()) {
    const made = readIntegers(view, readVector(view, operator, OPERATOR_OUTPUTS));
    if (!made.some((tensor) => tensors.has(tensor))) continue;
    needed.push(operator);
    const used = readIntegers(view, readVector(view, operator, OPERATOR_INPUTS));
    for (const tensor of used) tensors.add(tensor);
  }
  return needed.reverse();
}

function follow(view: DataView, at: number): number {
  return at + view.getUint32(at, true);
}

function entryAt({ at }: Vector, index: number): number {
  return at + 4 + 4 * index;
}

function readVector(view: DataView, table: number, field: number): Vector {
  const fields = table - view.getInt32(table, true);
  const place = 4 + 2 * field;
  const offset = place < view.getUint16(fields, true) ? view.getUint16(fields + place, true) : 0;
  if (offset === 0) throw new Error(`The network lacks field ${field} of a table.`);
  const at = follow(view, table + offset);
  return { at, length: view.getUint32(at, true) };
}

function readIntegers(view: DataView, vector: Vector): number[] {
  return Array.from({ length: vector.length }, (_, i) => view.getInt32(entryAt(vector, i), true));
}
