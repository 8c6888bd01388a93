import { expect, it } from 'vitest';
import { loopbackTarget } from '../../src/cli/loopback.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { run } from './program.ts';

it.each([
  'http://10.0.0.1/',
  'http://192.0.2.1:8080/',
  'http://0.0.0.0/',
  'http://128.0.0.1/',
  'http://126.255.255.255/',
  'http://[::]/',
  'http://[::2]/',
  'http://[fe80::1]/',
  'http://[::ffff:10.0.0.1]/',
  'http://169.254.169.254/',
  'http://2130706434.example/',
  'http://localhost.example.com/',
  'http://127.0.0.1.example.com/',
  'http://localhost@192.0.2.1/',
  'http://example.com/#127.0.0.1',
  'https://crm.example.com/spotdraft',
])('%s is not on this machine and is refused', async (url) => {
  await expect(loopbackTarget(url)).rejects.toThrow(UsageError);
  await expect(loopbackTarget(url)).rejects.toThrow('replayed only to localhost, 127.0.0.0/8 or ::1');
});

it.each(['', 'localhost', '127.0.0.1:80', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'unix:/run/x'])(
  '%j is not a URL of a receiver',
  async (url) => {
    await expect(loopbackTarget(url)).rejects.toThrow('is not an http or https URL');
  },
);

it.each([
  ['http://127.0.0.1/', '127.0.0.1'],
  ['https://127.255.0.3:8443/x', '127.255.0.3'],
  ['http://[::1]:80/', '::1'],
  // The URL standard reads this as an IPv4 address.
  ['http://0x7f.1/', '127.0.0.1'],
])('%s is on this machine and is accepted', async (url, address) => {
  expect((await loopbackTarget(url)).addresses.map((each) => each.address)).toEqual([address]);
});

it('localhost is accepted with the addresses that it resolves to', async () => {
  const { addresses } = await loopbackTarget('http://LocalHost:80/');
  expect(addresses.length).toBeGreaterThan(0);
  for (const { address } of addresses) expect(address).toMatch(/^(127\.|::1$)/);
});

it('replay refuses another machine before it reads anything', async () => {
  const ended = await run(['replay', 'evt_1234567', '--to', 'https://crm.example.com/']);
  expect(ended).toMatchObject({ code: 64, out: '', err: expect.stringContaining('--to crm.example.com') });
});
