/** Nano-dollars inside, decimal dollars at the JSON edge; nothing in between is a float. */

/** `823_040_000n` -> `"0.82304"`: at least five decimals, more only when they are not zero. */
export declare function formatDollars(amountNanos: bigint): string;

/** `"10"`, `"0.5"`, `"1.234567891"` -> nanos. Throws `invalid_request` for anything else. */
export declare function parseDollars(text: string): bigint;

/** Dollars as a JSON number, for the one field (`cost`) that clients read so. */
export declare function toDollarNumber(amountNanos: bigint): number;
