import { Finder } from "./Finder";
import { Keys } from "./Keys";

/** What opens by keys from everywhere. */
export function Shortcuts() {
  return (
    <>
      <Finder />
      <Keys />
    </>
  );
}
