/** What a submit and a quote are checked for beyond the form of their fields. */

import { AppError } from '../../../kernel/errors.ts';
import { MODEL } from './schema.ts';

export function checkModel(model: string): void {
  if (model === MODEL) return;
  throw new AppError('model_not_found', { seen: model, known: `"${MODEL}"` }, { param: 'model' });
}

/** Characters as a reader counts them: an emoji is one, not two. */
export function checkPrompt(prompt: string | undefined, limit: number): void {
  const seen = [...(prompt ?? '')].length;
  if (seen > limit) throw new AppError('prompt_too_long', { seen, limit }, { param: 'prompt' });
}
