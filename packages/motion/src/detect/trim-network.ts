/**
 * Takes the operations out of a tflite network that only serve outputs nobody reads, or cuts a
 * part out of it between two of its tensors; what is left computes exactly what it did before.
 */

/**
 * Fields of the tables of the TensorFlow Lite schema (tensorflow/lite/schema/schema.fbs), which is
 * stored as FlatBuffers: a table begins with the way back to the list of its fields, all numbers
 * are little-endian, and offsets count from where they are stored.
 */
const MODEL_SUBGRAPHS = 2;
const SUBGRAPH_TENSORS = 0;
const SUBGRAPH_INPUTS = 1;
const SUBGRAPH_OUTPUTS = 2;
const SUBGRAPH_OPERATORS = 3;
const TENSOR_NAME = 3;
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
  return cutGraph(bytes, ({ view, graph }) => {
    const tensors = readIntegers(view, readVector(view, graph, SUBGRAPH_OUTPUTS));
    const wanted = kept.map((place) => {
      const tensor = tensors[place];
      if (tensor === undefined) throw new RangeError(`The network has no output ${place}.`);
      return tensor;
    });
    return { given: null, wanted };
  });
}

/**
 * Keeps what leads from the tensor `input` (null: the network's own input) to the tensors
 * `outputs`, by their names. No more outputs than the network had.
 *
 * @param bytes the content of a .tflite file with one input; not changed
 * @throws RangeError when the network has no tensor of such a name, or too few outputs
 */
export function cutNetwork(
  bytes: Uint8Array,
  input: string | null,
  outputs: readonly string[],
): Uint8Array {
  return cutGraph(bytes, ({ view, graph }) => {
    const names = readNames(view, graph);
    const find = (name: string): number => {
      const tensor = names.indexOf(name);
      if (tensor < 0) throw new RangeError(`The network has no tensor ${name}.`);
      return tensor;
    };
    return { given: input === null ? null : find(input), wanted: outputs.map(find) };
  });
}

type Graph = { view: DataView; graph: number };
type Cut = { given: number | null; wanted: number[] };

function cutGraph(bytes: Uint8Array, choose: (graph: Graph) => Cut): Uint8Array {
  // The slice of a Buffer would share its memory.
  const trimmed = Uint8Array.from(bytes);
  const view = new DataView(trimmed.buffer, trimmed.byteOffset, trimmed.byteLength);
  const graphs = readVector(view, follow(view, 0), MODEL_SUBGRAPHS);
  const graph = follow(view, entryAt(graphs, 0));
  const outputs = readVector(view, graph, SUBGRAPH_OUTPUTS);
  const { given, wanted } = choose({ view, graph });
  if (wanted.length > outputs.length) {
    throw new RangeError(`The network has room for ${outputs.length} outputs only.`);
  }
  const operators = readVector(view, graph, SUBGRAPH_OPERATORS);
  const targets = Array.from({ length: operators.length }, (_, i) =>
    follow(view, entryAt(operators, i)),
  );
  const needed = findNeeded(view, targets, wanted, given);
  if (given !== null) {
    view.setInt32(entryAt(readVector(view, graph, SUBGRAPH_INPUTS), 0), given, true);
  }
  for (const [i, tensor] of wanted.entries()) view.setInt32(entryAt(outputs, i), tensor, true);
  view.setUint32(outputs.at, wanted.length, true);
  for (const [i, target] of needed.entries()) {
    view.setUint32(entryAt(operators, i), target - entryAt(operators, i), true);
  }
  view.setUint32(operators.at, needed.length, true);
  return trimmed;
}

function readNames(view: DataView, graph: number): string[] {
  const tensors = readVector(view, graph, SUBGRAPH_TENSORS);
  const decoder = new TextDecoder();
  return Array.from({ length: tensors.length }, (_, i) => {
    const { at, length } = readVector(view, follow(view, entryAt(tensors, i)), TENSOR_NAME);
    return decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + 4, length));
  });
}

/** The operations, in their order, without which a wanted tensor would not be computed. */
function findNeeded(
  view: DataView,
  operators: number[],
  wanted: number[],
  given: number | null,
): number[] {
  const tensors = new Set(wanted);
  const needed: number[] = [];
  // They are stored in the order in which they run, so those who need come after those needed.
  for (const operator of operators.toReversed()) {
    const made = readIntegers(view, readVector(view, operator, OPERATOR_OUTPUTS));
    if (!made.some((tensor) => tensors.has(tensor))) continue;
    needed.push(operator);
    const used = readIntegers(view, readVector(view, operator, OPERATOR_INPUTS));
    for (const tensor of used) if (tensor !== given) tensors.add(tensor);
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
