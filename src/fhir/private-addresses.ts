/**
 * Addresses that are nobody's on the open internet, and a lookup that refuses them, so that no request can reach into the network we stand in.
 */
import type { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIPv6 } from 'node:net';

/** Resolves a host name to all its addresses; `node:dns` outside tests. */
export type ResolveName = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[] | undefined) => void,
) => void;

/** Message of the error when a name resolves to a private address. */
export const REFUSED = 'the name resolves to a private address';

/** Addresses that are nobody's on the open internet: loopback, link-local (cloud metadata), private, shared, reserved, multicast. */
const PRIVATE_NETWORKS = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE_NETWORKS.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  // Loopback, and IPv4 in the clothes of before 2006.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  // Ways by which a gateway reaches any address of IPv4: NAT64, Teredo, 6to4.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  // Link-local, and site-local as it was once.
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE_NETWORKS.addSubnet(network, prefix, 'ipv6');

/** True for an address that no public server has. */
export function isPrivateAddress(address: string): boolean {
  // BlockList holds an IPv4 address in IPv6 clothes (::ffff:10.0.0.1) against the IPv4 rows itself.
  return PRIVATE_NETWORKS.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** A lookup that connects only to what it has checked: a name cannot resolve to something else a moment later. */
export function publicOnly(resolve: ResolveName) {
  return (
    hostname: string,
    { all }: LookupOptions,
    callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    resolve(hostname, { all: true }, (failure, addresses = []) => {
      const isPrivate = addresses.some(({ address }) => isPrivateAddress(address));
      const error = failure ?? (isPrivate ? new Error(REFUSED) : null);
      const [first] = addresses;
      if (error || !first) callback(error ?? new Error('the name resolves to no address'), []);
      else if (all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
