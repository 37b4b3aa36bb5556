/** What of an input a category is looked for in, and what it is, for whoever judges. */
export interface ModerationCategoryRow {
  readonly inImages: boolean;
  readonly about: string;
}

const row = (inImages: boolean, about: string): ModerationCategoryRow => ({ inImages, about });

/** The categories of OpenAI's moderations, in the order of its answers. */
export const moderationCategories = {
  harassment: row(false, "harassing language towards anybody"),
  "harassment/threatening": row(false, "harassment with violence or serious harm towards anybody"),
  sexual: row(true, "meant to arouse, or advertising sexual services; not education or wellness"),
  hate: row(
    false,
    "hatred of a group for its race, gender, ethnicity, religion, nationality, orientation, " +
      "disability or caste",
  ),
  "hate/threatening": row(false, "such hatred with violence or serious harm towards the group"),
  illicit: row(false, "advice or instructions for wrongdoing, such as theft or drugs"),
  "illicit/violent": row(false, "such advice that involves violence or getting a weapon"),
  "self-harm/intent": row(true, "somebody says that they harm themselves or mean to"),
  "self-harm/instructions": row(true, "encourages self-harm, or tells how"),
  "self-harm": row(true, "promotes, encourages or depicts suicide, cutting or eating disorders"),
  "sexual/minors": row(false, "sexual content with anybody under 18"),
  violence: row(true, "death, violence or physical injury"),
  "violence/graphic": row(true, "death, violence or physical injury in graphic detail"),
} as const satisfies Record<string, ModerationCategoryRow>;

export type ModerationCategory = keyof typeof moderationCategories;

/** In the order of an answer. */
export const moderationCategoryNames =
  // The keys of the table are the categories.
  Object.keys(moderationCategories) as ModerationCategory[];

/** From this probability on a category is flagged. */
export const flaggedScore = 0.5;
