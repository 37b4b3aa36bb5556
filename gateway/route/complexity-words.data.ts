/**
 * Words by which a message is judged (RTE-5), by what they stand for: English, Japanese, Chinese in
 * both scripts. A list ends a word at a comma or at the end of a line. Words of one class that are
 * spelled alike are the same; of two classes that have the same word the first counts. A `^` is the
 * beginning of the message.
 */

/** REF-5: two of these, a short message and a first one make a simple message. */
export const simpleWords = {
  greeting: `
    hello, hi, hey, hiya, howdy, yo, gm, good morning, good afternoon, good evening, good night
    greetings, goodbye, bye, see you, good day, heya, evening all, what's up
    こんにちは, こんばんは, おはよう, おはよ, はじめまして, さようなら, おやすみ, もしもし, ばいばい, お世話になっております, お世話になります, やあ, ごきげんよう
    お疲れさまです, どうもー, 失礼します
    你好, 您好, 哈喽, 哈囉, 嗨, 早安, 早上好, 晚上好, 晚安, 午安, 再见, 再見, 拜拜, 在吗, 在嗎, 喂, 嘿, 哈罗, 哈羅, 下午好, 大家好, 早啊
  `,
  thanks: `
    thanks, thank you, thx, ty, cheers, much appreciated, no worries, got it, never mind
    appreciate it, many thanks, thank u
    ありがとう, ありがとー, 有難う, 有り難う, 感謝, サンキュー, 助かりました, 助かった, 了解, わかりました, 分かりました, 承知しました
    おつかれさま, サンクス, 感謝します
    谢谢, 謝謝, 多谢, 多謝, 感谢, 感謝您, 辛苦了, 麻烦你了, 唔该, 唔該, 知道了, 明白了, 没事了, 沒事了, 谢了, 謝了, 感恩, 十分感谢, 十分感謝, 收到
  `,
  yesNo: `
    ^yes, ^yeah, ^yep, ^yup, ^no, ^nope, ^nah, ^ok, ^okay, ^sure, ^correct, ^fine, ^alright
    ^exactly
    ^はい, ^いいえ, ^うん, ^ううん, ^ええ, ^いえ, ^オッケー, ^おっけー, ^そうです, ^違います, それでお願いします
    ^好的, ^好啊, ^好呀, ^是的, ^不是, ^不用, ^可以, ^没错, ^沒錯, ^嗯, ^对的, ^對的, ^行吧, 就这样, 就這樣
  `,
  price: `
    price, prices, priced, pricing, cost, costs, how much, fee, fees, charge, charges
    discount, discounts, coupon, promo code, voucher, vouchers, sale, free shipping
    points balance, refund window, how expensive, cheapest price, msrp, retail price
    tax included
    postage, shipping cost, shipping fee, delivery fee
    値段, 価格, 定価, 料金, いくら, 何円, 税込, 税抜, 送料, 割引, クーポン, 有料, 無料, 合計, セール, 最低金額, 手数料, 商品代金, お値段
    税込み, 税抜き, 費用, 会費, 年会費, 本体価格, 送料無料, クーポンコード, ポイントカード, おいくら, 値下げ, 円ですか
    价格, 價格, 价钱, 價錢, 多少钱, 多少錢, 几块, 幾塊, 几元, 多少元, 定价, 定價, 标价, 標價, 售价, 售價, 运费, 運費, 邮费, 優惠, 优惠, 折扣, 打折
    优惠码, 優惠碼, 满减, 免费, 免費, 礼品卡, 積分, 积分, 费用, 手续费, 手續費, 包邮, 包郵, 特价, 特價, 会员价, 會員價, 税费, 總共多少
    一共多少, 多少块, 多少塊, 贵不贵, 貴不貴
  `,
  hours: `
    hours, open, opens, opening, close, closes, closed, closing, until when, what time
    holiday hours, business hours, opening times, open today, open tomorrow, open on, closed on
    last entry, weekend hours
    営業時間, 営業日, 何時, 開店, 開いて, 閉まって, 定休日, 休業, 年末年始, 何曜日, いつまで, 何時まで, 何時から, 営業して, 営業中, 定休, 祝日
    店休日, 最終受付, ラストオーダー
    营业时间, 營業時間, 营业, 營業, 几点, 幾點, 开门, 開門, 关门, 關門, 打烊, 下班, 休息日, 营业到, 營業到, 几点开, 幾點開, 几点关, 幾點關, 什么时候开
    什麼時候開, 公休, 上班时间, 上班時間
  `,
  address: `
    address, where are you, where is, where do, where's, located, location, directions, nearest
    parking, phone number, email address, website, url, toilet, wifi, subway, postcode
    postal code, zip code, station, entrance, branch, branches, instagram, twitter
    contact, phone, telephone, email
    住所, 場所, どこですか, どこにあり, どこにある, アクセス, 最寄り, 駐車場, 電話番号, 何階, 道順, 地図, 行き方, 店舗, 支店, 何丁目, 郵便番号
    メールアドレス, 公式サイト, ホームページ, トイレ, 連絡先, 問い合わせ先, どの階, 売り場
    地址, 位置, 在哪, 在哪里, 在哪裡, 门牌, 門牌, 怎么走, 怎麼走, 停车, 停車, 地铁站, 捷運, 邮箱, 郵箱, 网址, 網址, 门店, 門市, 分店
    wifi, 几楼, 幾樓, 地图, 地圖, 导航, 導航, 邮编, 郵遞區號, 洗手间, 洗手間, 厕所, 廁所, 官网, 官網, 公众号, 联系方式, 聯絡方式, 客服电话, 客服電話
    微信, 在哪儿
    電話番号, お電話番号, 电话号码, 電話號碼, 电话多少, 電話多少
  `,
  stock: `
    stock, in stock, out of stock, sold out, restock, reprint, available, availability
    do you have, do you sell, do you carry, have you got, on the shelf, got any, back in stock
    any left, copies left, how many left, got vol, have volume, have vol, any copies
    left in stock
    在庫, 品切れ, 売り切れ, 入荷, 再入荷, 取り扱い, 扱って, 置いて, 売ってます, 売ってい, ありますか, あります?, ありませんか, 在庫切れ, 在庫あり
    重版, 売切れ, 置いてます, 置いてありますか, ありますでしょうか, 買えますか, 手に入り
    库存, 庫存, 现货, 現貨, 有货, 有貨, 到货, 到貨, 缺货, 缺貨, 断货, 斷貨, 有没有, 有沒有, 还剩, 還剩, 卖完, 賣完, 售罄, 库存多少
    有貨嗎, 有货吗, 还有吗, 還有嗎, 有卖, 有賣, 卖不卖, 賣不賣, 上架, 下架, 到了吗, 到了嗎, 再版, 加印, 剩几本, 剩幾本, 买得到, 買得到
  `,
} as const;

/** REF-5: one of these makes a message strong. */
export const strongWords = {
  recommend: `
    recommend, recommends, recommended, recommending, recommendation, recommendations
    おすすめ, お勧め, お薦め, オススメ, 推薦, 勧めて, すすめて, すすめ, イチオシ, いちおし, 推しを教えて
    推荐, 推薦, 安利, 给我推, 給我推, 求推, 推几本, 推幾本, 推几部, 推幾部, 推一部, 推一本, 荐书, 薦書, 书单, 書單
  `,
  suggest: `
    suggest, suggests, suggested, suggesting, suggestion, suggestions
    提案, アドバイス, 助言, 提案して, 助言を, アドバイスを
    建议, 建議, 提议, 提議, 给个主意, 出个主意, 出個主意, 建议一下, 支招
  `,
  compare: `
    compare, compares, compared, comparing, comparison, comparisons
    比較, 比べ, くらべて, 対比, 比べると, 比べたら, 見比べ
    比较一下, 比較一下, 比较下, 做个比较, 做個比較, 比较这, 比較這, 比较两, 比較兩, 帮我比较, 幫我比較, 相比较, 相比較, 对比, 對比, 相比, 比一比, 对照
    對照
    比起来, 比起來, 相比之下
  `,
  review: `
    review, reviews, reviewed, reviewing
    レビュー, 書評, 講評, 批評, 添削, 感想を, 批判的, 書評を
    评论, 評論, 书评, 書評, 点评, 點評, 测评, 測評, 评价一下, 評價一下, 影评
  `,
  similar: `
    similar, similarly, similarity, similarities
    似た, 似てる, 似ている, に近い, みたいな作品, みたいな漫画, 類似, ~系の, みたいなやつ, みたいなの, っぽい作品, 系統の, 近い雰囲気
    类似, 類似, 相似, 差不多的, 同类型, 同類型, 类似的, 類似的, 像这样的, 像這樣的, 同风格, 同風格
  `,
  best: `
    best
    ベスト, 最高の, 一番いい, 一番良い, 一番面白, 最も, 最適
    最好的, 最好看, 最佳, 最棒, 最适合, 最適合
  `,
  explain: `
    explain, explains, explained, explaining, explanation, explanations
    説明して, 説明でき, 説明し, 解説, 教えてほしい理由
    解释, 解釋, 说明一下, 說明一下, 讲解, 講解, 讲讲, 講講
  `,
  describe: `
    describe, describes, described, describing, description, descriptions
    描写, 描き方, どんな話, どんな作品, どんな漫画, どういう話, 紹介して
    描述, 形容, 描写, 描寫, 介绍一下, 介紹一下, 讲什么的, 講什麼的, 什么样的故事, 什麼樣的故事, 介绍下, 介紹下
  `,
  analyse: `
    analyse, analyses, analysed, analysing, analyze, analyzes, analyzed, analyzing, analysis
    分析, 考察, 読み解
    分析, 剖析, 解读, 解讀, 论证, 論證
  `,
  summarise: `
    summarise, summarises, summarised, summarising, summarize, summarizes, summarized
    summarizing
    summary, summaries
    要約, まとめて, あらすじ, 要点
    总结, 總結, 概括, 歸納, 梗概, 摘要
  `,
} as const;

/** Beyond REF-5: each makes a message harder by a point. */
export const harderWords = {
  reason: `
    why, how come, what makes, what made, reason for, reasons why, so what, reason, in what way
    what's the point, the point of, because of
    なぜ, 何故, どうして, なんで, 理由, わけは, 原因, どういうわけ, なにゆえ, なんでやろ, なぜなら, 動機, 背景に, きっかけ, どんな意図
    为什么, 為什麼, 为何, 為何, 为啥, 為啥, 凭什么, 憑什麼, 理由, 原因, 点解, 點解, 怎么会, 怎麼會, 怎么就, 怎麼就, 为何要, 何以, 缘故, 緣故, 动机
    出于什么, 为什么要, 原因是
    how does, how did, what led, what drives, why not, why did, why does, whyever, なぜか, 何故か, 何のため
    どうやったら, 为的是什么, 为了什么, 為了什麼, 何必
  `,
  judgement: `
    should i, should we, worth, worthwhile, fair, fairly, unfair, justified, right to
    really, actually, honest, honestly, truly, plausible, convincing, overrated, underrated
    consistent, deserve, deserves, deserved, believable, sincere, better, worse, warmer, stronger
    weaker, closest, something like, in the mood, opinion, think of, do you think, regret
    opinions, ethical, moral, morally, good idea, bad idea, make sense, makes sense, masterpiece
    hype, hyped, realistic, responsible, innocent, evil, satisfying, earned, rushed
    true that, too harsh, overpriced, good enough, good value, a mistake
    genius, hypocrite, hypocritical, cheat, cheating, sincerely, matters, the right call
    acceptable, tasteful, offensive, problematic, cliche, cringe, convinced
    べき, 正しい, 正しかった, 間違って, 本当に, 結局, 誠実, 正解, ありだと, いいと思う, どう思う, どうなん, どう考え, 説得力, 成り立, 許され, だろうか
    でしょうか?, だったのか, 納得, 妥当, 適切, 価値, 面白い?, つまらない, 過大評価, 過小評価, 意味ある, どう感じ, 許せる, 正義, 悪なのか, 良いのか, いいのか
    悪いのか, 幸せだった, のだろう, なのだろう, と言える, と思う?, と思いますか, どう思います, 本当の, 説得力が, 損ですか, 損か, お得ですか, どうなの, どうかな
    大丈夫でしょうか, 賛成, 反対
    判断, 判定, 評価, 賛否, 退屈, 後味, 名作, 值得, 值不值, 该不该, 該不該, 应不应该, 應不應該, 应该, 應該, 合理, 有理, 有没有错, 有沒有錯, 对不对
    對不對, 到底, 算不算, 算是, 是不是真的, 是真的, 站不住, 站不站得住, 成立, 自洽, 一致, 原谅, 原諒, 背叛, 幼稚, 怎么看, 怎麼看, 怎么想, 怎麼想, 有意义
    有意義, 更好, 更坏, 难受, 難受, 好不好看, 值得买, 值得買, 值得看, 好看吗, 好看嗎, 过誉, 過譽, 被高估, 被低估, 有必要, 划算, 劃算, 靠谱
    靠譜, 公平, 正义, 邪恶, 邪惡, 对吗, 對嗎, 错在哪, 錯在哪, 算不算是, 会不会太, 會不會太, 合适吗, 合適嗎, 真的是, 真的有, 幸福吗, 幸福嗎, 配不配
    该怪谁, 說得通, 说得通, 怎么评, 怎麼評, 认为, 認為, 觉得, 覺得
    too dark, safe for, okay for, ok for, would you, your take, thoughts on, thoughts
    what do you make of, agree, disagree, believe, unpopular opinion, defend, hypocrisy, ethics
    guilty, blame, forgive, forgivable, redeemable, likeable, relatable, 見解, ご意見, 意見を, 擁護, 言い分
    罪は, 責めら, 共感, 説得, 最も重要, 良し悪し, 是非を, 怎么评价, 怎麼評價, 看法, 同意吗, 同意嗎, 你怎么, 有道理吗, 有道理嗎, 讲得通, 講得通, 过分吗
    過分嗎, 谁对谁错, 誰對誰錯, 无辜, 無辜, 情有可原, 洗白
  `,
  choice: `
    which one, which of, which ones, pick, choose, choosing, rank, ranking, prefer, versus, vs
    or should, difference between, differ, differs, trade-off, trade-offs, pros and cons
    best split, top 5, top 10, which, better than, best order, order to read, order should
    favourite, favorite, decide, deciding, decision, torn between, narrow down, shortlist
    choose between, alternative, alternatives, weigh up
    どっち, どちらが, どれが, どれから, どれを, 選んで, 選び, 選ぶ, 順位, ランキング, 違い, どう違, 使い分け, 訳し分け, 並べて, 並び順, 優先, どの順
    どちらを, どっちを, どっちの, どれにす, 決められ, 迷って, 迷う, 悩んで, 絞って, 優劣, 向いて, 区別, 違う点, 共通点, ベスト3, 三選, 代わりに
    代わりになる
    哪个好, 哪個好, 哪个更, 哪個更, 选哪, 選哪, 哪一种, 哪一種, 怎么选, 怎麼選, 边个好, 邊個好, 区别, 區別, 差别, 差別, 不同, 怎么分, 怎麼分, 排序
    排个
    排個, 排名, 取舍, 取捨, 挑什么, 挑什麼, 选一, 選一, 选择, 選擇, 二选一, 二選一, 还是买, 還是買, 哪边, 哪邊, 纠结, 糾結, 入手哪, 排名次
    挑一, 挑几, 挑幾, 差在哪, 哪里不一样, 哪裡不一樣, 哪个版本, 哪個版本, 谁更, 誰更, 先看哪, 从哪, 從哪, 优缺点, 優缺點, 利弊
    who would win, who wins, stronger than, rather than, differences, distinguish, tell apart
    which is better, which edition should, prioritise, prioritize, in what order, どちらかと, 何が違
    どこが違, 好きな順, 強い方, どっちがいい, どちらがいい, 誰更强, 谁强, 谁厉害, 誰厲害, 有何不同, 有什么区别, 有什麼區別, 哪个适合, 哪個適合
  `,
  compose: `
    write, rewrite, draft, compose, translate, translation, render, rephrase, reword, plan
    planning, devise, design, build me, invent, brainstorm, convince, persuade, argue
    the case for, the case against, help me, talk me through, walk me through, come up with
    imagine, what would, how would, how do i, how do you, how can i, reading order, curate
    apologise, reply to, make it sound, list me, make a list, schedule, itinerary, outline
    proofread, edit this, edit my, improve, shorten, polish, email to, letter, speech, caption
    blurb, slogan, poem, haiku, essay, dialogue, pitch, quiz, lesson, curriculum, roadmap
    strategy, advice, advise, tips, localise, localize, phrase, in the style
    advertise, announcement, poster, message for, card message, come across, how should
    how to write, how to explain, show me how, step by step, role-play, roleplay, pretend
    make me
    give me three, give me five, convert, turn this, sort these, classify, extract
    書いて, 書き直, 直して, 作って, 作り方, 考えて, 考え方, 案を, 案内文, 訳して, 訳す, 訳し, 翻訳して, 英語に, 英訳, 中国語, 日本語に, 和訳, 直訳, 意訳
    言い換え, 説得し, 論じ, 反論, 組んで, 段取り, 手順, 計画, 設計, 挙げて, 出して, 仕分け, 頼む, どうやって, どう伝え, 方法って, 書き方
    手紙, メール文, 返信文, 例文, キャッチコピー, 紹介文, ポップ, 台本, 企画, 練って, 添えて, 整理して, 分類, 抜き出, 変換, 言い方, 敬語で
    訳せ, 訳案, 俳句, 川柳, ネーミング, 名前を考え, アイデア, プラン, スケジュール, 予定を, 戦略, コツ, 教えて方, 書け, 作る, 作りたい, 描きたい
    始めたい
    改写, 改寫, 起草, 文案, 翻译, 翻譯, 翻成, 怎么翻, 怎麼翻, 设计, 設計, 策划, 策劃, 计划, 計劃, 安排, 规划, 規劃, 编排
    編排, 说服, 說服, 反驳, 反駁, 反过来, 列出来, 想好, 帮我想, 幫我想, 帮忙估, 复盘, 復盤, 起承转合, 起承轉合, 给思路, 給思路, 怎么开口
    怎麼開口, 推几部, 推幾部, 怎么办, 怎麼辦, 想找, 请找, 請找, 要送, 礼物, 禮物, 写一, 寫一, 写个, 寫個, 写段, 寫段, 写篇, 寫篇, 写封
    寫封, 帮我写, 幫我寫, 润色, 潤色, 修改, 改得, 缩短, 縮短, 回复, 回覆, 标题, 標題, 标语, 標語, 口号, 贺卡, 賀卡, 信怎么写, 海报, 海報, 台词
    台詞, 对白, 對白, 剧本, 劇本, 大纲, 大綱, 攻略, 路线, 路線, 日程, 步骤, 步驟, 策略, 分类, 整理成, 转换, 轉換, 起名, 取名
    翻得, 直译, 直譯, 意译, 意譯, 中译, 英译, 日译, 怎么表达, 怎麼表達, 怎么回, 怎麼回, 怎么跟, 怎麼跟, 开场白, 举例
    舉例, 例子, 帮我排, 幫我排, 帮我规划, 帮我算
    写一, 寫一, 写个, 寫個, 写段, 寫段, 写篇, 寫篇, 写封, 寫封, 帮我写, 幫我寫, 写得, 想说服, 帮我拟, 翻成
    ideas for, an idea for, how to, teach, teaching, explain to my, phrasing, wording, headline
    tagline, summary of, template, checklist, agenda, guide me, walk through, rehearse, 教え方, 伝え方
    始め方, 段取りを, 献立, 見出し, 台詞を, 名言, 添削して, 要点を, 箇条書き, 一覧表に, 並べ替え, 帮我起草, 幫我起草, 帮我翻, 幫我翻, 帮我改, 幫我改
    帮我设计, 幫我設計, 帮我分析, 幫我分析, 帮我选, 幫我選, 清单, 清單, 话术, 話術, 邮件怎么, 怎么解释, 怎麼解釋, 怎么教, 怎麼教, 怎么安排, 怎麼安排
    怎么搭配, 怎麼搭配
  `,
  limits: `
    under $, under £, under €, within a budget, budget, allowance, without, at least, at most
    no more than, nothing that, ideally, preferably, must, has to be, as long as, except, but not
    instead of, shouldn't, not too, hates, hated, hate, loves, loved, likes, dislikes, year-old
    my daughter, my son, my mum, my dad, gift for, one line, in print, afford, no gore
    no romance, no spoilers, spoiler, spoilers, spoiling, squeamish, suitable, appropriate
    beginner, beginners, newcomer, never read, who loves, who hates, who likes, she likes
    he likes, they like, obsessed, year old, years old, turning, birthday, anniversary
    looking for, something, anything like, but also, but without, my wife, my husband
    my girlfriend, my boyfriend, my niece, my nephew, my grandson, my granddaughter, my students
    my class, my kids, my kid, my partner, my boss, my mother, my father, my sister, my brother's
    standalone, complete in, only have, can't stand, tired of, sick of, maximum, minimum
    realistic budget, without spoiling, no more, nothing with, for someone
    以内, 予算, なるべく, できれば, 苦手, 避けたい, 避けて, 地雷, だめです, ダメです, 嫌い, 好きで, 向け, 使わずに, 変えずに, ネタバレせず, 落とさず
    押しつけ
    ×, 円くらい, 円ずつ, 個人的, 探して, 揃えたい, 読むけど, 含めて, ふまえて, 踏まえて, 誕プレ, 泣ける, 条件, 以下で, 以上で, までで, 抜きで, なしで
    無しで, 控えめ, 初心者, 未読, ネタバレ, 子ども向け, 子供向け, プレゼント, 贈り, 贈る, 誕生日, 記念日, 娘に, 息子に, 彼氏, 彼女に, 妻に, 夫に, 母に
    父に, 祖母, 祖父, 友達に, 友人に, 同僚, 生徒に, 小学生, 中学生, 高校生, 歳の, 才の, 代の, 気分, 落ち込, 癒や, 笑える, 読みやすい, 怖くない, グロ
    短め, 長すぎ, 完結済み, 似合う, 飽きた, 疲れた, 好きな人, が好き, は苦手, しか読まない, けど何
    预算, 預算, 每月上限, 以内, 以內, 别太, 別太, 不想, 不喜欢, 不喜歡, 喜欢, 喜歡, 最好, 适合, 適合, 既要, 又要, 既不, 还要, 還要, 但要
    每期, 每本, 每部, 送给, 送給, 不超过, 不超過, 至少, 最多, 不含, 不血腥, 不剧透, 别剧透, 不要剧透, 适合的, 新手, 入门, 入門
    入坑, 没看过, 沒看過, 生日, 纪念日, 紀念日, 女朋友, 男朋友, 老婆, 女儿, 女兒, 儿子, 兒子, 妈妈, 媽媽, 爸爸, 奶奶, 爷爷, 爺爺, 外婆, 外公
    侄子, 同事, 闺蜜, 岁的, 歲的, 心情, 治愈, 治癒, 轻松, 輕鬆, 搞笑, 完结的, 完結的, 短篇, 一口气, 预算有限, 限制
    又想, 不想要, 讨厌, 討厭, 受不了, 害怕, 来一部, 來一部, 有什么, 有什麼, 找一部, 找一本, 想看
    on a budget, spend, spending, splurge, keeps me, keep it, keep them, prefers, preferred
    allergic, dyslexic, colour-blind, hard of hearing, reading level, reluctant reader
    attention span, trip, travel, flight, hospital, waiting room, classroom, retirement, wedding
    anniversary gift, 予算は, 円以下, 円まで, 冊まで, 巻以内, 向きの, 苦手な, 怖がり, 入院, 病院, 旅行, 待合室, 教室, 退職, 結婚, 出産, 餞別
    お礼に, 不恐怖, 不暴力, 元以内, 元以內, 块以内, 塊以內, 本以内, 卷以内, 字大, 老人, 住院, 旅行, 毕业, 畢業, 退休, 结婚, 結婚, 老师, 老師
  `,
  meaning: `
    meaning, symbolise, symbolize, symbolism, theme, themes, motif, motives, motivation, narrator
    ending, subtext, metaphor, allegory, irony, politics, philosophy, villain
    villains, pacing, trope, tropes, funny, interpret, interpretation, saying about, critique
    violence, symbol, symbols, represent, represents, message behind, moral of
    foreshadow, foreshadowing, relationship, psychology, psychological, trauma, identity
    morality
    tragedy, tragic, redemption, character development, protagonist, antagonist, storytelling
    plot hole, twist, satire, feminist, gender, legacy, influence, influenced, portray, portrays
    portrayal, depict, depicts, human, humanity, grief, love story, real villain, deeper
    stand for morally, art style, subvert, subverts, deconstruct, nuance, nuances, sense of
    feel like, feels like
    意味が, 意味は, 象徴, 比喩, テーマ, 主題, 美学, 伏線, 描いて, 作劇, 心理, 系譜, 暴力, 思想, 哲学, 正体, 怖さ, 尊い, 印象, 変わって, 変わった
    上手い, 示して, 必然, 最終回, 議論, 論争, とは, 解釈, テーマは, メッセージ, 心情, 感情, 人物像, 成長, 動機, 役割, 対立, 対比, 構造, 演出
    表情, コマ割り, 作風, 原作と, アニメと, 時代背景, 戦争, 生き方, 孤独, 悲劇, 救い, 倫理, 道徳, 魅力, 何を意味, 意図, 真意, 本質
    悪役, 主人公, 結末, ラスト, ニュアンス
    意义, 意義, 象征, 象徵, 隐喻, 隱喻, 主题, 主題, 结局, 結局, 人设, 人設, 伏笔, 伏筆, 哲学, 哲學, 心理, 性格, 讽刺, 諷刺, 角度
    读者期待, 文學, 文学, 逻辑, 邏輯, 人性, 命运, 命運, 深意, 寓意, 内涵, 內涵, 想表达, 想表達, 象征着, 动机, 成长, 主角
    反派, 悲剧, 救赎, 救贖, 孤獨, 战争, 戰爭, 道德, 伦理, 价值观, 價值觀, 画风, 畫風, 叙事, 敘事, 节奏, 節奏, 剧情, 劇情, 情节
    情節, 本质, 真相, 转折, 轉折, 代表什么, 代表什麼, 意味着, 意味著, 最后一幕, 最後一幕
    why the ending, ending mean, does it mean that, what it says, commentary, critique of
    motif of, arc about, coming of age, character growth, morals, cruelty, justice, revenge
    friendship, loneliness, hope, despair, sacrifice, freedom, 復讐, 友情, 絶望, 希望, 犠牲, 自由, 葛藤, 価値観
    世界観, 伝えたい, 問いかけ, 何を描, 裏テーマ, 復仇, 复仇, 友情, 绝望, 絕望, 牺牲, 犧牲, 自由, 残酷, 殘酷, 世界观, 世界觀, 想说什么, 想說什麼
    讲了什么道理
  `,
  condition: `
    if i, if it, if you, if they, if we, suppose, unless, assuming, even if
    and if, in case, provided that, what happens if, what if, given that, unless i, otherwise
    either way
    もし, した場合, 場合は, 場合、, なら何, だとしたら, としたら, たとして, 仮に, だったら, 場合でも, もしも, としても, であれば, 前提で
    如果, 要是, 假如, 假设, 假設, 万一, 萬一, 的话, 的話, 换成, 換成, 当成, 當成, 倘若, 就算, 即使, 假如说, 否则, 否則, 哪怕
  `,
  sums: `
    calculate, work out, add up, replacement value, estimate, total cost of, per month
    percentage
    in total, altogether, per person, percent, break even, how much would, how long would
    cheaper than, cheapest way, save more, which is cheaper, split evenly
    計算して, 総額, 見積, 粗利, 利益, ヶ月で, 増減, 合わせて何, 割り勘, 何ヶ月, 何か月, 何年かか, 割合, 利益率, 節約, 内訳, 一番安く, いくら得, いくら浮
    估算, 算一下, 算算, 回本, 成本, 利润, 利潤, 计算, 总共要, 總共要, 平摊, 平攤, 分摊, 分攤, 省多少, 怎么买便宜, 怎麼買便宜, 最划算, 最省钱
    最省錢, 百分之, 利率, 月供
  `,
} as const;

/** The same twice: here a wrong answer costs more than the better model. */
export const costlyWords = {
  code: `
    sql, python, javascript, typescript, js, java, bash, regex, code, function, script, csv
    json, excel, vba, formula, html, css, refactor, debug, algorithm, one-liner, query that, php
    java code, powershell, google sheets, xml, unit test, stack trace
    compile, parse, parser, webhook, sqlite, postgres
    正規表現, コード, プログラム, スクリプト, 関数, 数式, アルゴリズム, エクセル, エラーが出, バグ, 実装, クエリ, マクロ, スプレッドシート, 配列
    代码, 代碼, 程序, 程式, 公式, 函数, 函數, 正则, 正則, 数据库, 資料庫, 脚本, 腳本, 算法, 去重, 报错, 報錯, 爬虫, 爬蟲, 循环, 迴圈, 数组
    陣列, 宏, 表格公式, 编程, 程式碼
  `,
  dispute: `
    terms, policy, clause, contract, contradict, contradicts, contradiction, owed, owe, entitled
    liable, compensation, damaged, insurance, deposit, non-refundable, chase
    fault, scalper, can i cancel, dispute, refuse, refused, refusing, legal, legally, statutory
    warranty, chargeback, torn, never arrived, misleading, charged twice, double charged
    overcharged, complain, unacceptable, my rights, the law, customs, your fault
    who pays, who is responsible
    規約, 矛盾, 弁償, 責任, 補償, 損害, クレーム, 破損, 転売, 交渉, 請求され, 二重, 間違えて, 誤配送, 届かない, 壊れて, 汚れて, 破れ, 不良品, 納得でき
    返金して, 消費者, 謝罪, 苦情, 例外
    約款, 条款, 條款, 规定说, 赔, 賠, 补税, 補稅, 申诉, 申訴, 投诉, 投訴, 法律, 维权, 維權, 责任, 責任, 谁该, 誰該, 黄牛, 黃牛, 不退
    质量问题, 品質問題, 破损, 发错, 發錯, 寄丢, 寄丟, 没收到, 沒收到, 退款, 拒绝, 拒絕, 索赔, 索賠, 合同, 合約, 霸王, 消费者, 涨价, 漲價, 骗, 騙
    冲突, 衝突, 纠纷, 糾紛, 讲道理, 講道理
  `,
} as const;

/** Beyond REF-5: each makes a message easier by a point. */
export const easierWords = {
  lookup: `
    when is, when's, when does, when did, who wrote, who published, what year, how many
    how old, how long does, which volume, what volume, isbn, release date, finished yet, out yet
    title of, number of, price of
    do your, does the store, latest, next volume, what day, what date
    what colour, what color, what size, what language, what's your, does it come, does it have
    has my, is my, where can i, who's the, name of, page count, pages, how do you spell
    spelled, stand for, stands for, publisher, illustrator, still running, how often
    how far, how big, how heavy, how soon, how thick, which chapter, which issue, which magazine
    which publisher, which floor, which station, which branch, which year, which day
    how many volumes, how many pages, how many chapters, what time, what number, when will
    when do, when are, released, out of print
    いつ, 誰, だれ, 何巻, 何冊, 何話, 何日, 何ページ, 全何巻, 何歳, 著者, 出版社, 発売日, 発売, 刊行, 完結, 新刊, 最新刊, 英題, タイトル
    isbn, 有効期限, 期限, ありますか, ありますか。, ですか。, 合ってる?, だっけ, 一覧, どのへん, 次の巻, いつから, いつ頃, 何年, 何月, 何色, 何サイズ
    何人, 何種類, 何章, 第何, どの雑誌, 何の雑誌, 掲載誌, 連載, 声優, 読み方, 正式名, 原題, 英語名, イラスト, 発行部数, 対象年齢, ページ数, 判型
    サイズ, でしたっけ, っていつ, って誰, って何巻, 何ですか, 最終巻, 既刊, 何文字, どの巻
    谁, 誰, 几本, 幾本, 几卷, 幾卷, 几天, 幾天, 几页, 幾頁, 第几, 第幾, 几号, 幾號, 几件, 幾件, 哪年, 哪一年, 哪天, 什么时候, 什麼時候
    的作者, 完结, 完結, 书名, 書名, 原名, isbn, 最新一卷, 多少页, 期限, 过期, 過期, 什么意思, 什麼意思, 叫啥, 哪本, 什么日期, 几月, 幾月, 几时
    幾時, 多大, 多重, 多长, 多長, 什么颜色, 什麼顏色, 哪个出版社, 哪個出版社, 发售, 發售, 上市, 连载, 页数, 頁數, 尺寸, 声优, 聲優, 第几卷, 第幾卷
    全几卷, 全幾卷, 全套几本, 一共几本, 完结了, 完結了, 怎么读, 怎麼讀, 怎么念, 怎麼念, 叫什么, 叫什麼, 哪一卷, 哪一集, 哪集, 哪个频道, 何时, 何時, 是谁
    是誰
    作者は誰, 作者って誰, 作者は?, 的作者, 作者是, 谁画的, 誰畫的, 作者叫
    what's the isbn, what's the price, what's the title, what's the name, english title
    japanese title, how many are, still on, still open, come with, comes with, next one
    previous one, first published, what page, 何枚, 何個, 何回, 何名, 何時間, どれくらいかかり, 何号, どこから出, どこの出版
    付いて, 付きますか, 含まれ, 几岁, 幾歲, 几点钟, 多少本, 多少卷, 多少集, 几集, 幾集, 几册, 幾冊, 第一卷是, 包含, 附赠, 附贈, 送不送, 首次
  `,
  service: `
    order, tracking, deliver, delivery, delivered, parcel arrive, shipping to, ship to, cancel
    add to, basket, my cart, checkout, check out, account, password, reset, unsubscribe
    newsletter, log in, pay with, apple pay, gift wrap, receipt, invoice, pick up, pickup
    collect it, reserve, preorder, pre-order, membership, student discount, opening hours
    return it, refund, refunds, returns, replacement, hold for me, set aside
    put aside, gift card, gift receipt, gift voucher, gift vouchers, wrap, wrapping, subscription
    subscribe, resend, confirmation, status of, shipped, dispatched, tracking number, change my
    update my, remove, delete, cash, credit card, paypal, bag, photos, take photos, staff
    my points, loyalty, download, e-book, ebook, sign up, register, login, verify, add a, add one
    add to cart
    注文, キャンセル, 届い, 届き, 届け, 発送, 配送, 配達, 追跡, パスワード, 再設定, ログイン, 会員, カート, 領収書, 宛名, 支払, 決済, paypay
    包装, 取り置き, 返品, 交換, 買取, 電子版, 通知, 単品, ください, できますか, 教えてください, キャンセルしたい, 返金, 返品したい, 届け先, 配送先
    変更したい, 変更でき, 追加して, 追加で, 削除, 退会, 登録, ログインでき, メール届, 届かな, 領収, 請求書, 現金, クレジット, クレカ, 電子マネー, 代引き
    コンビニ, 店頭受取, 受け取り, 受取, 取りに, 袋, ラッピング, 熨斗, のし, サイン会, 整理券, 撮影, 予約した, 予約でき, 問い合わせ, ダウンロード, アプリ
    対応して, 使えます, 使える?, 買えます
    订单, 訂單, 下的单, 查一下, 物流, 快递, 快遞, 包裹, 发货, 發貨, 取消, 密码, 密碼, 登录, 登入, 购物车, 購物車, 预购, 預購, 预约, 預約, 退订
    會員, 会员, 收据, 收據, 发票, 發票, 自取, 取货, 取貨, 换货, 換貨, 退货, 退貨, 支付, 签收, 簽收, 地址, 电子邮箱, 有吗, 有嗎, 可以寄, 让不让
    下单
    下單, 改地址, 换地址, 換地址, 加购, 加購, 加一本, 删除, 刪除, 注册, 註冊, 登陆, 绑定, 綁定, 开发票, 開發票, 付款, 刷卡, 现金, 货到付款, 貨到付款
    信用卡, 微信支付, 支付宝, 支付寶, 面交, 门店自提, 門市取貨, 自提, 包裝, 礼盒, 禮盒, 签名会, 簽名會, 拍照, 客服, 转人工, 轉人工, 单号
    單號, 运单, 訂單編號, 编号, 編號, 发了吗, 發了嗎, 寄了吗, 寄了嗎, 寄到, 到哪了, 修改收货, 改手机, 兑换, 兌換, 下载, 下載, 电子书, 電子書
    会员卡, 會員卡, 能用吗, 能用嗎
    予約した, 予約でき, 予約のキャンセル, 可以寄, 能寄, 寄到, 寄出, 寄了, 寄去, return it, send back
    can i pay, can i get it, can i pick, can i change, can i cancel my, where's my, where is my
    my order, my parcel, my package, my account, my card, my address, my booking, opt out
    late fee, open an account, gift-wrapped, engraved, delivered by, arrive by, arrives, 送って, 送れ
    届く, 届きますか, 注文番号, 注文履歴, 会員証, 名前変更, 住所変更, メールが来, メールが届, 発送済, 出荷, 取り消し, 申し込み, 申込, 窓口, 送料込み, 我的订单
    我的訂單, 我的快递, 我的包裹, 我的账号, 我的帳號, 我的地址, 忘记密码, 忘記密碼, 改密码, 改密碼, 退款到账, 催一下, 确认收货, 確認收貨, 申请, 申請
  `,
} as const;

/** Words with one of the others inside that mean something else. */
export const hiddenWords = `
  best before, best regards, all the best, best wishes, no problem
  比較的, 最高裁, 没关系, 沒关系, 沒關係, 手写, 手寫
`;
