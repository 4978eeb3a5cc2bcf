import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";

import { useReach } from "@/ui/useReach";

/** Says that the server is away, and when it is asked again; what was typed stays. */
export function ReachBanner() {
  const reach = useReach();
  return (
    <div role="status" aria-live="polite">
      {!reach.isReachable && (
        <Alert color="red" mb="md" p="xs" icon={<IconPlugConnectedX size={18} />} title="Server unreachable">
          Retrying in {reach.seconds} s. Nothing you typed is lost.
        </Alert>
      )}
    </div>
  );
}
