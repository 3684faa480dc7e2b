import { testIncidents, prodMonitoring } from "./ends";
import { INCIDENTS } from "./incidents";

testIncidents(
  INCIDENTS.filter(({ place = 0 }) => place >= 1 && place <= 3),
  prodMonitoring(),
);
