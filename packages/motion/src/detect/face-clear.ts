/** Says whether what was taken for a face of a picture shows one. */

/**
 * The network's certainty of clear faces is 0.99997 and more, painted, drawn, blurred and small
 * ones alike; of a head whose face is hidden it is 0.98.
 */
const CLEAR_SCORE_MIN = 0.995;

/** Whether a face found in a picture can be told from a hidden one; null was not found at all. */
export function isFaceClear(found: { score: number } | null): boolean {
  return found !== null && found.score >= CLEAR_SCORE_MIN;
}
