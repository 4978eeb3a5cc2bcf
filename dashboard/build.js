// Puts together what third parties' pages need, so that the API's reference works offline and under a strict policy.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";

const target = "../src/headrace/web/static/vendor";
mkdirSync(target, { recursive: true });
for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"]) {
  cpSync(`node_modules/swagger-ui-dist/${name}`, `${target}/${name}`);
}
writeFileSync(`${target}/.built`, "");
