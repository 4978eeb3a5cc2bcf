import "@mantine/core/styles.css";
import "./app/global.css";

import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { StrictMode, Suspense, lazy } from "react";
import { createRoot } from "react-dom/client";

import { isElsewhere, whenSignedOut } from "@/api/client";
import { makeQueryClient } from "@/api/queries";
import { makeRouter } from "@/app/router";
import { readable, theme } from "@/app/theme";
import { later } from "@/lib/later";

const Overlays = lazy(async () => {
  await later();
  return { default: (await import("@/app/Overlays")).Overlays };
});
const OPEN_PAGES = new Set(["/login", "/setup", "/register", "/reset", "/shared"]);

const queries = makeQueryClient();
const router = makeRouter(queries);

// The style rules that components make at run time carry the answer's nonce, as its content security policy asks.
const nonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
setNonce(nonce()); // of the rule that keeps the page from scrolling behind a dialog

whenSignedOut(() => {
  const { href, pathname } = router.state.location;
  if (OPEN_PAGES.has(pathname)) return;
  queries.clear();
  void router.navigate({ to: "/login", search: href === "/" ? {} : { next: href }, replace: true });
});

const root = document.getElementById("root");
if (!root) throw new Error("The page has no element #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={readable} getStyleNonce={nonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Suspense>
          <Overlays />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

// Installed, the page opens without the server too. A copy on a CDN has its own ways.
if (import.meta.env.PROD && !isElsewhere && "serviceWorker" in navigator) {
  void navigator.serviceWorker.register("/sw.js").catch(() => undefined);
}
