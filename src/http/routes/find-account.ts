/** Which account an operator means when there is only one to mean. */

import type { Accounts } from '../../accounts/accounts.ts';
import { AppError } from '../../kernel/errors.ts';

/**
 * @throws {AppError} `invalid_request` when the account does not exist, or none was named and there
 * are several.
 */
export async function findAccountId(
  accounts: Pick<Accounts, 'listAccounts'>,
  wanted: string | undefined,
): Promise<string> {
  const known = (await accounts.listAccounts()).map(({ id }) => id);
  const [only] = known;
  if (wanted === undefined && only !== undefined && known.length === 1) return only;
  if (wanted !== undefined && known.includes(wanted)) return wanted;
  const reason =
    wanted === undefined
      ? `"account_id" is required, since there are ${known.length} accounts: ${known.join(', ')}.`
      : `There is no account "${wanted}".`;
  throw new AppError('invalid_request', { reason }, { param: 'account_id' });
}
