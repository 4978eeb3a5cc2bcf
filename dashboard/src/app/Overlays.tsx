import "@mantine/notifications/styles.css";

import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";

/** Where questions and notices open, over the page: loaded after the first screen. */
export function Overlays() {
  return (
    <ModalsProvider>
      <Notifications position="bottom-right" />
    </ModalsProvider>
  );
}
