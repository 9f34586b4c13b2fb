import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { request } from 'undici';
import { AddressRefusedError, createGuardedAgent } from './guarded-agent.ts';

test('the address of the open connection is checked once more, before anything is sent', async (t) => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
  const { port } = server.address() as AddressInfo;
  const asked: string[] = [];
  const agent = createGuardedAgent({
    policy: { isAllowed: (address) => asked.push(address) === 1 },
    resolver: async () => [{ address: '127.0.0.2', family: 4 }],
    connectMsMax: 5000,
    headersMsMax: 5000,
    keepAlive: false,
  });
  t.after(async () => {
    await agent.destroy();
    server.close();
  });
  const attempt = request(`http://name.test:${port}/`, { dispatcher: agent });
  await assert.rejects(attempt, AddressRefusedError);
  assert.deepEqual(asked, ['127.0.0.2', '127.0.0.2']);
  assert.equal(requests, 0);
});
