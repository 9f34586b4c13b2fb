/** What a process has taken of memory and processor, as far as the system tells. */

import { readFileSync } from 'node:fs';

const KIB_PER_MIB = 1_024;
/** The unit of /proc/<pid>/stat towards programs, whatever the kernel's own is (proc(5)). */
const TICK_MS = 10;
/** Places behind the name of the program: user and system time (proc(5), fields 14 and 15). */
const USER_TIME_PLACE = 11;
const SYSTEM_TIME_PLACE = 12;

/** Resident memory in MiB, of the moment and the most there ever was. */
export type Memory = { nowMb: number; peakMb: number };

/** Null where the system has no /proc, or the process has gone. */
export function readMemory(pid: number): Memory | null {
  const status = readProc(pid, 'status') ?? '';
  const nowKib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  const peakKib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (nowKib === undefined || peakKib === undefined) return null;
  return { nowMb: Number(nowKib) / KIB_PER_MIB, peakMb: Number(peakKib) / KIB_PER_MIB };
}

/** Time of the processor that all its threads have used, in milliseconds; null as above. */
export function readCpuMs(pid: number): number | null {
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  // The name stands in brackets and may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TIME_PLACE]) + Number(fields[SYSTEM_TIME_PLACE])) * TICK_MS;
}

/** These are no files but answers of the kernel, at once, so nobody waits for a disk. */
function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
