/** The submit as the contract has it; a field that is not named here is refused by its name. */

import { z } from 'zod';
import { imageSource, videoSource } from '../media-source.ts';

export const MODEL = 'kling-v3-motion-control';

const EXTERNAL_ID_CHARS_MAX = 128;
const NAME_CHARS_MAX = 64;
const DURATION_SECONDS_MAX = 3600;
const EXAMPLE = {
  model: MODEL,
  image_url: 'https://example.com/ref-image.png',
  video_url: 'https://example.com/ref-video-8s.mp4',
  character_orientation: 'image',
  mode: 'std',
};

export const createGenerationBody = z
  .strictObject({
    model: z.string().describe(`\`${MODEL}\``),
    image_url: imageSource,
    video_url: videoSource,
    character_orientation: z
      .enum(['image', 'video'])
      .describe('`image` takes a clip of 3 to 10 s, `video` one of 3 to 30 s.'),
    mode: z.enum(['std', 'pro']).describe('`std` renders 720p, `pro` 1080p.'),
    prompt: z
      .string()
      .optional()
      .describe(
        'Camera moves and looks in plain words; what the engine does not know comes back in ' +
          '`warnings`. At most 2500 characters unless configured otherwise.',
      ),
    keep_original_sound: z.enum(['yes', 'no']).default('yes'),
    watermark_info: z
      .strictObject({ enabled: z.boolean() })
      .optional()
      .describe('`enabled` draws a small mark into the video.'),
    duration: z
      .int()
      .min(1)
      .max(DURATION_SECONDS_MAX)
      .optional()
      .describe(
        'Estimate of the clip in seconds, for the hold alone; the charge follows the probed length.',
      ),
    external_task_id: z
      .string()
      .min(1)
      .max(EXTERNAL_ID_CHARS_MAX)
      .optional()
      .describe('Your own id for the task, unique within the account.'),
    engine: z
      .string()
      .min(1)
      .max(NAME_CHARS_MAX)
      .optional()
      .describe('An engine that the operator allows; the default one otherwise.'),
    quote_id: z
      .string()
      .min(1)
      .max(NAME_CHARS_MAX)
      .optional()
      .describe(
        'A quote of the same media, model, mode and orientation; its price is held and honoured, ' +
          'whatever `duration` says.',
      ),
  })
  .meta({ id: 'CreateGeneration', examples: [EXAMPLE] });

export type CreateGenerationBody = z.output<typeof createGenerationBody>;

export const createGenerationAnswer = z
  .object({
    code: z.literal(200),
    data: z.array(z.object({ status: z.literal('submitted'), task_id: z.string() })),
  })
  .meta({ id: 'GenerationSubmitted' });
