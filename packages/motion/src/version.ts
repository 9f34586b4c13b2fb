/** Names the engine in what it makes. */

/** Version of the motion engine; part of the provenance of every result. */
export const ENGINE_VERSION = '0.1.0';
