/** Makes a certificate that nobody but its owner signed (X.509, RFC 5280, in DER). */

import { generateKeyPairSync, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const OCTET_STRING = 0x04;
const CONTEXT_0 = 0xa0;
const CONTEXT_3 = 0xa3;
const IP_ADDRESS_NAME = 0x87;

/** 1.2.840.10045.4.3.2, 2.5.4.3 and 2.5.29.17 as DER writes them. */
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

/** @returns PEM, good for the IPv4 address from 2020 to 2049, and trusted by nobody. */
export function makeSelfSigned(address: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, der(OBJECT_ID, Buffer.from(ECDSA_WITH_SHA256)));
  const commonName = der(
    SEQUENCE,
    der(OBJECT_ID, Buffer.from(COMMON_NAME)),
    der(UTF8_STRING, Buffer.from(address)),
  );
  const name = der(SEQUENCE, der(SET, commonName));
  const validity = der(
    SEQUENCE,
    der(UTC_TIME, Buffer.from('200101000000Z')),
    der(UTC_TIME, Buffer.from('490101000000Z')),
  );
  const names = der(SEQUENCE, der(IP_ADDRESS_NAME, Buffer.from(address.split('.').map(Number))));
  const extension = der(
    SEQUENCE,
    der(OBJECT_ID, Buffer.from(SUBJECT_ALT_NAME)),
    der(OCTET_STRING, names),
  );
  const body = der(
    SEQUENCE,
    der(CONTEXT_0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(CONTEXT_3, der(SEQUENCE, extension)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]);
  const whole = der(SEQUENCE, body, algorithm, der(BIT_STRING, signature));
  const base64 = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

/** Tag, length, content; lengths above 127 take two bytes here, which is enough. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length =
    content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
