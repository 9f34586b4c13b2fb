/** Which account an operator means when there is only one to mean. */

import type { Accounts } from '../../accounts/accounts.ts';
import { AppError } from '../../kernel/errors.ts';

/**
 * @throws {AppError} `invalid_request` when the account does not exist, or none was named and there
 * are several.
 */
export async function findAccountId(
  accounts: Pick<Accounts, 'findAccount' | 'listAccounts'>,
  wanted: string | undefined,
): Promise<string> {
  if (wanted !== undefined && (await accounts.findAccount(wanted)) !== null) return wanted;
  if (wanted !== undefined) throw refuse(`There is no account "${wanted}".`);
  const [only, ...others] = await accounts.listAccounts({ limit: 2, after: null });
  if (only !== undefined && others.length === 0) return only.id;
  throw refuse(
    only === undefined
      ? 'There is no account yet; the first start makes one.'
      : '"account_id" is required, since there are several accounts (understudy account list).',
  );
}

function refuse(reason: string): AppError {
  return new AppError('invalid_request', { reason }, { param: 'account_id' });
}
