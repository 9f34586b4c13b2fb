import { TEST_DATABASES } from '../fixtures/database.ts';
import { testDatabase } from './database.ts';

for (const variant of TEST_DATABASES) testDatabase(variant);
