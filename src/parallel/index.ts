/** Work spread over processes. */
export { type Rank, rankFromEnvironment, type Share, shareOf } from "./ranks.ts";
