/** Whole words of English, and parts of words for scripts that have no spaces. */
export interface WordList {
  readonly words: readonly string[];
  readonly parts: readonly string[];
}

const list = (words: string, parts: string): WordList => ({
  words: words.split(" "),
  parts: parts.split(" "),
});

/** What a moderator flags. */
export const offensive = list(
  "kill murder suicide bomb attack hate idiot stupid porn nude drugs? scam",
  "殺 死ね 自殺 爆弾 馬鹿 バカ アホ 詐欺 杀 炸弹 色情 毒品 白痴 诈骗",
);

/** What of it falls into which category of a moderation, by how the category's name begins. */
export const categories: Readonly<Record<string, WordList>> = {
  harassment: list("idiot stupid", "馬鹿 バカ アホ 白痴"),
  hate: list("hate", "憎"),
  illicit: list("bomb drugs? scam", "爆弾 詐欺 炸弹 毒品 诈骗"),
  "self-harm": list("suicide", "自殺 死ね"),
  sexual: list("porn nude", "色情"),
  violence: list("kill murder bomb attack", "殺 爆弾 杀 炸弹"),
};

export const cheerful = list(
  "good great excellent love[ds]? amazing wonderful best fun recommend(?:ed)? perfect",
  "最高 素晴らし 面白 おもしろ 良い 良かった 好き 感動 おすすめ 喜欢 很好 精彩 推荐 太棒",
);

export const gloomy = list(
  "bad terrible awful boring worst hate[ds]? broken disappoint(?:ed|ing) poor late damaged",
  "最悪 つまらな 悪い 残念 破れ 遅い ひどい 无聊 很差 失望 破损 糟糕",
);
