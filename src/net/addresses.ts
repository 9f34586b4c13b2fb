/**
 * Decides which network addresses may be reached: public unicast ones that are not this machine's
 * own, and ranges the operator opened on purpose.
 */

import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

export type AddressPolicy = {
  /** Whether a connection to this IP address may be made. Text that is no IP address may not. */
  isAllowed(address: string): boolean;
};

/** Internet addresses of IPv6 are given out from this range only (RFC 4291, IANA). */
const IPV6_GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** Looks public, and is the control channel of every virtual machine in one large cloud. */
const CLOUD_CONTROL = ipaddr.parseCIDR('168.63.129.16/32');

/**
 * @param allowCidrs Ranges such as `127.0.0.0/8` that are allowed although they are not public.
 * @param listOwnAddresses The addresses of this machine. From here they lead past the firewall
 * that the rest of the world meets. @default those of its network interfaces
 * @throws {Error} when a range is malformed.
 */
export function createAddressPolicy(
  allowCidrs: readonly string[],
  listOwnAddresses: () => readonly string[] = listInterfaceAddresses,
): AddressPolicy {
  const opened = allowCidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return {
    isAllowed(address) {
      const parsed = parseAddress(address);
      if (parsed === null) return false;
      if (opened.some((range) => isWithin(parsed, range))) return true;
      return isPublic(parsed) && !isAmong(parsed, listOwnAddresses());
    },
  };
}

function listInterfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => all?.map((own) => own.address) ?? []);
}

function isAmong(address: ipaddr.IPv4 | ipaddr.IPv6, others: readonly string[]): boolean {
  const text = address.toNormalizedString();
  return others.some((other) => parseAddress(other)?.toNormalizedString() === text);
}

/** The IP address that the host of a URL spells, or null when the host is a name. */
export function readLiteralAddress(hostname: string): string | null {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return ipaddr.isValid(bare) ? bare : null;
}

/** An IPv4 address inside an IPv6 one is judged as the IPv4 address that it is. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return ipaddr.isValid(address) ? ipaddr.process(address) : null;
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return !isWithin(address, CLOUD_CONTROL);
  // An address with a zone names one of our own network interfaces.
  return isWithin(address, IPV6_GLOBAL_UNICAST) && !address.zoneId;
}

function isWithin(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  range: [ipaddr.IPv4 | ipaddr.IPv6, number],
): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}
