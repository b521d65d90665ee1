// Addresses that a provider is never at: link-local ones, where clouds give out the credentials of the machine. An
// upstream there would hand them to whoever may write the configuration.

/** Names and addresses of the metadata services of clouds that are not link-local by their form. */
const METADATA: readonly string[] = [
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  '100.100.100.200',
  'fd00:ec2::254',
  'fd20:ce::254',
];

/** True for a host name or address (as in a URL; brackets are fine) that is link-local or a metadata service. */
export function isLinkLocal(host: string): boolean {
  const bare = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .replace(/%.*$/, '')
    .toLowerCase();
  if (METADATA.includes(bare)) return true;
  if (/^169\.254\.\d{1,3}\.\d{1,3}$/.test(bare)) return true;
  // fe80::/10, and IPv4 169.254.0.0/16 and 100.100.100.200 written as IPv6.
  return (
    /^fe[89ab][0-9a-f]:/.test(bare) || /^(?:::ffff:|64:ff9b::)(?:169\.254\.|a9fe:|6464:64c8$)/.test(bare)
  );
}
