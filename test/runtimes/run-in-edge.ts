/** The suite in an edge function: answers a request with the results. */
import { runSuite } from "./suite.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const server = new URL(request.url).searchParams.get("server") ?? "";
    return Response.json(await runSuite({ server }));
  },
};
