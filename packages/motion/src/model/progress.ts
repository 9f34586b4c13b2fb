/** How far a long stage is. */

/** Called often; `fraction` goes from 0 to 1 within the stage and never back. */
export type OnProgress = (fraction: number) => void;
