import { addressesHold, serviceAddress } from "../../../components/network/addresses";

it.each([
  ["10.96.0.0/12", "10.96.0.1"],
  ["172.20.0.0/16", "172.20.0.1"],
  ["34.118.224.0/20", "34.118.224.1"],
  ["10.100.3.9/24", "10.100.3.1"],
  ["fd30:1c53:5f8a::/108", "fd30:1c53:5f8a::1"],
])("the Service `kubernetes` of %s has the first address, %s", (range, address) => {
  expect(serviceAddress(range)).toBe(address);
});

it.each([
  [["0.0.0.0/0"], "172.20.0.1", true],
  [["10.0.0.0/16", "172.20.0.0/16"], "172.20.0.1", true],
  [["10.0.0.0/16"], "172.20.0.1", false],
  [["10.0.0.0/16"], "10.0.4.0/24", true],
  [["10.0.4.0/24"], "10.0.0.0/16", false],
  [["0.0.0.0/0"], "fd00::1", false],
  [["::/0"], "fd00::/64", true],
  [["::/0"], "10.0.0.1", false],
  // A block is in itself; an address without a length is a block of one.
  [["10.0.0.0/24"], "10.0.0.0/24", true],
  [["10.0.0.1"], "10.0.0.1", true],
  [["10.0.0.1"], "10.0.0.2", false],
  [["10.0.0.1"], "10.0.0.0/31", false],
  [["fd00::1"], "fd00::1", true],
  [["fd00::1"], "fd00::2", false],
  [["fd00::1"], "fd00::/127", false],
])("%j hold %s: %p", (cidrs, block, held) => {
  expect(addressesHold(cidrs, block)).toBe(held);
});
