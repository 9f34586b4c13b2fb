/** Says whether what was taken for a face of a picture shows one. */

/**
 * The network's certainty of clear faces is 0.99997 and more, painted, drawn, blurred and small
 * ones alike; of a head whose face is hidden it is 0.9986 at most.
 */
const CLEAR_SCORE_MIN = 0.9995;

/** Whether a face found in a picture can be told from a hidden one; null was not found at all. */
export function isFaceClear(found: { score: number } | null): boolean {
  return found !== null && found.score >= CLEAR_SCORE_MIN;
}
