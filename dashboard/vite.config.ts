/// <reference types="vitest/config" />
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Two builds of the same pages: the one that the server hands out itself (under /static), and a plain static one for a
// CDN (`VITE_API_BASE` names the API's address, `DASHBOARD_OUT` the folder; assets under /).
const api = process.env.VITE_API_BASE;
const server = process.env.HEADRACE_ADDRESS ?? `http://127.0.0.1:${process.env.HEADRACE_PORT ?? "8000"}`;

export default defineConfig(({ command }) => ({
  base: api || command === "serve" ? "/" : "/static/",
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  plugins: [tanstackRouter({ autoCodeSplitting: true }), react()],
  build: {
    outDir: process.env.DASHBOARD_OUT ?? "../src/headrace/web/static/built",
    emptyOutDir: true,
    manifest: "manifest.json",
    chunkSizeWarningLimit: 600,
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/readyz", "/health", "/read", "/docs"].map((path) => [path, { target: server, ws: true }]),
    ),
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    testTimeout: 20_000,
    include: ["src/**/*.test.{ts,tsx}"],
  },
}));
