// Puts together what the server hands out itself: our own pages from src/, and the files of third-party pages, so that
// everything works offline and under a strict content security policy.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";

const target = "../src/headrace/web/static";
const swagger = "node_modules/swagger-ui-dist";
const files = ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"];

rmSync(`${target}/built`, { recursive: true, force: true });
mkdirSync(`${target}/vendor`, { recursive: true });
cpSync("src", `${target}/built`, { recursive: true });
for (const name of files) {
  cpSync(`${swagger}/${name}`, `${target}/vendor/${name}`);
}
writeFileSync(`${target}/vendor/.built`, "");
