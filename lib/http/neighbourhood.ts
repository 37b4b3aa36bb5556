/** Who counts as one: an IPv4 address, or the /64 that a host of IPv6 has to itself. */
export function neighbourhoodOf(address: string): string {
  if (!address.includes(":")) return address;
  const [front = [], back = []] = address.split("::").map(groupsOf);
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}

const groupsOf = (part: string): string[] => (part === "" ? [] : part.split(":"));
