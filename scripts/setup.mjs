/**
 * Installs what is missing and nothing else: the one step that runs on whatever Node the machine
 * has, so it is plain JavaScript without dependencies. The lock brings the Node that everything
 * after it runs on.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * npm keeps a copy of the lock's packages beside what it installed; when both agree nothing is to
 * do.
 */
function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link || !path.includes('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional === true;
  });
}

if (!isInstalled()) {
  console.error('Installing the packages of the lock (about 800 MB, once) …');
  const startedAt = performance.now();
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error('npm ci failed; the lines above say why. Nothing was started.');
    process.exit(status ?? 1);
  }
  console.error(`Installed in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}
