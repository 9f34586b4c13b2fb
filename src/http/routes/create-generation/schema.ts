/** The submit as the contract has it; a field that is not named here is refused by its name. */

import { z } from 'zod';

export const MODEL = 'kling-v3-motion-control';

const ADDRESS_CHARS_MAX = 4096;
const EXTERNAL_ID_CHARS_MAX = 128;
const NAME_CHARS_MAX = 64;
const DURATION_SECONDS_MAX = 3600;

/** Only the form is looked at here; whether it may be fetched is decided where it is fetched. */
const address = z
  .string()
  .min(1)
  .max(ADDRESS_CHARS_MAX)
  .refine(isHttpAddress, 'must be an http or https URL');

export const createGenerationBody = z
  .strictObject({
    model: z.string().describe(`\`${MODEL}\``),
    image_url: address.describe('Public address of the reference image (JPEG or PNG).'),
    video_url: address.describe('Public address of the reference video (MP4 or MOV).'),
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
      .describe('Your own id of the task, unique within the account.'),
    engine: z
      .string()
      .min(1)
      .max(NAME_CHARS_MAX)
      .optional()
      .describe('An engine that the operator allows; the default one otherwise.'),
  })
  .meta({ id: 'CreateGeneration' });

export type CreateGenerationBody = z.output<typeof createGenerationBody>;

export const createGenerationAnswer = z
  .object({
    code: z.literal(200),
    data: z.array(z.object({ status: z.literal('submitted'), task_id: z.string() })),
  })
  .meta({ id: 'GenerationSubmitted' });

function isHttpAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
}
