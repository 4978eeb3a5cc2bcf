// Copies the files of third-party pages that the server hands out itself, so that /docs works offline and under a strict CSP.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";

const target = "../src/headrace/web/static/vendor";
const source = "node_modules/swagger-ui-dist";
const files = ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"];

mkdirSync(target, { recursive: true });
for (const name of files) {
  copyFileSync(`${source}/${name}`, `${target}/${name}`);
}
writeFileSync(`${target}/.built`, "");
