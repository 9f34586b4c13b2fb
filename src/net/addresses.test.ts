import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { createAddressPolicy } from './addresses.ts';

const nobody = () => [];

test('public addresses are allowed, also right beside the ranges that are not', () => {
  const policy = createAddressPolicy([], nobody);
  const all = '8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0';
  for (const address of [...all.split(' '), '2606:4700::1', '2a00:1450:4001::200e']) {
    assert.equal(policy.isAllowed(address), true, address);
  }
});

test('the first and the last address of every special range is refused', () => {
  const policy = createAddressPolicy([], nobody);
  const bounds = [
    '0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255',
    '127.0.0.0 127.255.255.255 169.254.0.0 169.254.255.255 172.16.0.0 172.31.255.255',
    '192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255 192.88.99.0 192.168.0.0 192.168.255.255',
    '198.18.0.0 198.19.255.255 198.51.100.0 203.0.113.255 224.0.0.0 239.255.255.255',
    '240.0.0.0 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:0:127.0.0.1 ::127.0.0.1',
    '64:ff9b::127.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 3fff::1',
    '5f00::1 fc00::1 fdff::1 fe80::1 febf::1 fec0::1 ff02::1 ffff::1',
  ];
  for (const address of bounds.join(' ').split(' ')) {
    assert.equal(policy.isAllowed(address), false, address);
  }
});

test("a cloud's control address is refused although it looks public", () => {
  const policy = createAddressPolicy([], nobody);
  assert.equal(policy.isAllowed('168.63.129.16'), false);
  assert.equal(policy.isAllowed('::ffff:168.63.129.16'), false);
  assert.equal(policy.isAllowed('168.63.129.17'), true);
});

test("this machine's own addresses are refused, in whatever spelling", () => {
  const policy = createAddressPolicy([], () => ['93.184.216.34', '2606:4700::1']);
  assert.equal(policy.isAllowed('93.184.216.34'), false);
  assert.equal(policy.isAllowed('::ffff:93.184.216.34'), false);
  assert.equal(policy.isAllowed('2606:4700:0:0:0::1'), false);
  assert.equal(policy.isAllowed('93.184.216.35'), true);
});

test('the addresses of the network interfaces are known without being told', () => {
  const policy = createAddressPolicy([]);
  for (const own of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
    assert.equal(policy.isAllowed(own.address), false, own.address);
  }
});

test('an opened range is allowed, its own machine included, and no address beside it', () => {
  const policy = createAddressPolicy(['10.1.0.0/16', '93.184.216.34/32', 'fd00::/64'], () => [
    '10.1.0.1',
    '93.184.216.34',
  ]);
  for (const address of [
    '10.1.0.1',
    '10.1.255.255',
    '::ffff:10.1.2.3',
    '93.184.216.34',
    'fd00::9',
  ]) {
    assert.equal(policy.isAllowed(address), true, address);
  }
  for (const address of ['10.0.255.255', '10.2.0.0', 'fd00:0:0:1::', '127.0.0.1']) {
    assert.equal(policy.isAllowed(address), false, address);
  }
});

test('an address with a zone, and text that is no address, is refused', () => {
  const policy = createAddressPolicy([], nobody);
  for (const text of [
    '2606:4700::1%eth0',
    'fe80::1%1',
    '',
    'localhost',
    '1.2.3.4.5',
    '1.2.3.4/8',
  ]) {
    assert.equal(policy.isAllowed(text), false, text);
  }
});
