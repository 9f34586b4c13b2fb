/** Something the engine noticed that the caller should read. */

export type Finding = {
  /** Stable, snake_case machine name such as `limb_frozen` or `no_person`. */
  code: string;
  /**
   * `error` means that no result can be made; `warning` means that it will be less than it could
   * be.
   */
  severity: 'error' | 'warning';
  /** One sentence: what was seen, with its measured value, and what to do. */
  message: string;
  /** The measured value the sentence speaks of, if it is a number. */
  value?: number;
};

/** Thrown by a stage that cannot go on; carries the finding that explains why. */
export class MotionError extends Error {
  readonly finding: Finding;

  constructor(finding: Finding, options?: ErrorOptions) {
    super(finding.message, options);
    this.name = 'MotionError';
    this.finding = finding;
  }
}
