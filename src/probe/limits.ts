/**
 * The limits that an input must keep; the numbers come from the configuration, this module only
 * names them.
 */

export type MediaLimits = {
  imageBytesMax: number;
  /** Pixels, each side. */
  imageSideMin: number;
  imageSideMax: number;
  /** Width times height; what is larger is not decoded. */
  imagePixelsMax: number;
  /** Long side divided by short side. */
  imageAspectMax: number;
  videoBytesMax: number;
  /** Pixels, each side, as displayed. */
  videoSideMin: number;
  videoSideMax: number;
  /** Whole seconds; a clip is compared after its length is rounded to a tenth of a second. */
  referenceSecondsMin: number;
  referenceSecondsMax: { image: number; video: number };
};
