import { type Cancelling, createHostedEngineRig } from '../fixtures/hosted-engine.ts';
import { createLocalEngineRig } from '../fixtures/local-engine.ts';
import { testEngine } from './engine.ts';

const PROMPTS = {
  completes: 'complete',
  'is refused': 'refuse',
  'takes long': 'wait for ever',
} as const;

testEngine('local', async () => {
  const rig = createLocalEngineRig();
  let startsBefore = 0;
  return {
    engine: rig.engine,
    async createJob(kind) {
      startsBefore = rig.listStarts().length;
      return rig.createJob(PROMPTS[kind]);
    },
    countStarts: async () => rig.listStarts().length - startsBefore,
    close: () => rig.close(),
  };
});

for (const cancelling of ['by task', 'never'] satisfies Cancelling[]) {
  testEngine(`that works elsewhere and is cancelled ${cancelling}`, async () => {
    const rig = createHostedEngineRig(cancelling);
    return {
      engine: rig.engine,
      createJob: async (kind) => rig.createJob(PROMPTS[kind]),
      countStarts: async (taskId) => rig.countStarts(taskId),
      close: async () => undefined,
    };
  });
}
