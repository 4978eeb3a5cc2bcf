import "@mantine/notifications/styles.css";

import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { useEffect } from "react";

import { markOverlaysReady } from "@/ui/overlays";

/** Where questions and notices open, over the page: loaded after the first screen. */
export function Overlays() {
  useEffect(markOverlaysReady, []);
  return (
    <ModalsProvider>
      <Notifications position="bottom-right" />
    </ModalsProvider>
  );
}
