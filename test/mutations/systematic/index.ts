import type { Generator, Harmful } from "../mutation";
import { addresses } from "./addresses";
import { alerts } from "./alerts";
import { broker } from "./broker";
import { certificates } from "./certificates";
import { network } from "./network";
import { references } from "./references";
import { roles } from "./roles";
import { users } from "./users";

/** Every object of a kind in the plans, with the same slips: left out, of another name, another's, elsewhere. A seed picks some of them. */
export const systematic: readonly Generator<Harmful>[] = [
  roles,
  broker,
  users,
  network,
  certificates,
  alerts,
  addresses,
  references,
];
