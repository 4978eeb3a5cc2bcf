/** Pausing a queue and going on with it: shown at once, taken back when the server says no. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "@/api/client";
import { queuesQuery } from "@/features/overview/queries";
import { complain } from "@/ui/act";

interface Wish {
  name: string;
  paused: boolean;
}

export function usePause() {
  const queries = useQueryClient();
  const { queryKey } = queuesQuery;
  const show = ({ name, paused }: Wish): void => {
    queries.setQueryData(queryKey, (old) => old?.map((queue) => (queue.name === name ? { ...queue, paused } : queue)));
  };
  return useMutation({
    mutationFn: ({ name, paused }: Wish) => {
      const params = { path: { name } };
      return ask(
        paused
          ? api.PUT("/api/v1/queues/{name}/pause", { params })
          : api.DELETE("/api/v1/queues/{name}/pause", { params }),
      );
    },
    onMutate: async (wish) => {
      await queries.cancelQueries({ queryKey });
      show(wish);
    },
    onError: (reason, { name, paused }) => {
      show({ name, paused: !paused });
      complain(reason);
    },
    onSettled: () => queries.invalidateQueries({ queryKey }),
  });
}
